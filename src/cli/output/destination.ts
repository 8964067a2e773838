import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../config/usage-error.ts';

type Pieces = AsyncIterable<string | Uint8Array>;

/**
 * Writes to standard output, waiting for it. A reader that has seen enough (`| head`) ends the writing
 * without an error.
 */
export async function writeToStream(pieces: Pieces, stream: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { objectMode: true }), stream, { end: false });
  } catch (error) {
    if (!hasCode(error, 'EPIPE') && !hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
}

/**
 * Writes a file under a name of its own and renames it once it is whole, so that a failure never leaves
 * what looks like a short result.
 * @throws UsageError when the file cannot be made.
 */
export async function writeToFile(pieces: Pieces, path: string): Promise<void> {
  // A device or a pipe is written to as it is.
  const special = await stat(path).then(
    (found) => !found.isFile(),
    () => false,
  );
  const working = special ? path : `${path}.part`;
  try {
    await pipeline(Readable.from(pieces, { objectMode: true }), createWriteStream(working));
    if (!special) await rename(working, path);
  } catch (error) {
    if (!special) await rm(working, { force: true });
    if (isFileError(error)) throw new UsageError(`${path}: ${error.message}`, error);
    throw error;
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
