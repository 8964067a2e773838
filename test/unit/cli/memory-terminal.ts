import { PassThrough, Readable, Writable } from 'node:stream';
import { errorLine, exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { TerminalStream } from '../../../src/cli/terminal.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandInput {
  readonly stdin?: string;
  /** Columns of a terminal on both outputs; pipes when absent. */
  readonly terminalWidth?: number;
}

/** Runs a command line in this process, as main.ts does, with what it writes kept in memory. */
export async function run(
  args: readonly string[],
  input: CommandInput = {},
): Promise<CommandResult> {
  const stdout = memoryStream(input.terminalWidth);
  const stderr = memoryStream(input.terminalWidth);
  const stdin = input.stdin === undefined ? new PassThrough() : Readable.from([input.stdin]);
  const exitCode = await runProgram(args, {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
  }).catch((failure: unknown) => {
    stderr.stream.write(`${errorLine(failure)}\n`);
    return exitCodeOf(failure);
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function memoryStream(columns: number | undefined): { stream: TerminalStream; text: () => string } {
  const chunks: Buffer[] = [];
  const writable = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const stream =
    columns === undefined ? writable : Object.assign(writable, { isTTY: true, columns });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
