import * as zlib from 'node:zlib';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { HanaFlightError } from '../core/errors.ts';
import type { ArrowBatch } from './batch.ts';
import { type BatchMessage, encodeBatch } from './ipc-batch.ts';

/** How the body of a batch may be compressed. */
export type BodyCompression = 'lz4' | 'zstd';

export const BODY_COMPRESSIONS: readonly BodyCompression[] = ['lz4', 'zstd'];

/** The compressed form of some bytes: one frame. */
type Compress = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

interface Codec {
  readonly type: CompressionType;
  /** Libraries are loaded by the first call that asks for them: native code is not there on every machine. */
  readonly load: () => Promise<Compress>;
}

const CODECS: Readonly<Record<BodyCompression, Codec>> = {
  lz4: { type: CompressionType.LZ4_FRAME, load: loadLz4 },
  zstd: { type: CompressionType.ZSTD, load: loadZstd },
};

/** Before each buffer: its length without compression as int64, or -1 for one that is stored as it is. */
const LENGTH_BYTES = 8;
const STORED = -1n;

/** Frame headers alone make shorter buffers longer. */
const SHORTEST_BYTES = 64;
/** What WebAssembly sets aside for longer ones it never gives back. */
const LONGEST_BYTES = 64 * 1024 * 1024;

/** A network is slower than this level; higher ones cost more time than they save. */
const ZSTD_LEVEL = 1;

const loaded = new Map<BodyCompression, Promise<Compress>>();

/** A record batch as a message. @throws as {@link encodeCompressedBatch}. */
export async function encodeMessage(
  batch: ArrowBatch,
  compression: BodyCompression | undefined,
): Promise<BatchMessage> {
  return compression === undefined ? encodeBatch(batch) : encodeCompressedBatch(batch, compression);
}

/**
 * A record batch with each buffer compressed for itself, as `Message.fbs` says at BodyCompression. LZ4 and,
 * from Node 22.15 on, ZSTD run on other threads.
 * @throws HanaFlightError `unimplemented` when the library does not run on this machine.
 */
export async function encodeCompressedBatch(
  batch: ArrowBatch,
  compression: BodyCompression,
): Promise<BatchMessage> {
  const compress = await compressorOf(compression);
  const buffers = await Promise.all(batch.buffers.map((buffer) => compressed(buffer, compress)));
  return encodeBatch({ ...batch, buffers }, CODECS[compression].type);
}

/** A buffer with its length before it; an empty one stays empty. */
async function compressed(buffer: Uint8Array, compress: Compress): Promise<Uint8Array> {
  if (buffer.length === 0) return buffer;
  const suits = buffer.length >= SHORTEST_BYTES && buffer.length <= LONGEST_BYTES;
  const frame = suits ? await compress(buffer) : buffer;
  const helps = frame.length < buffer.length;
  const stored = helps ? frame : buffer;
  const whole = new Uint8Array(LENGTH_BYTES + stored.length);
  const length = helps ? BigInt(buffer.length) : STORED;
  new DataView(whole.buffer).setBigInt64(0, length, true);
  whole.set(stored, LENGTH_BYTES);
  return whole;
}

function compressorOf(compression: BodyCompression): Promise<Compress> {
  const known = loaded.get(compression);
  if (known !== undefined) return known;
  const loading = CODECS[compression].load().catch((cause: unknown) => {
    throw new HanaFlightError('unimplemented', `compression ${compression} does not run here`, {
      cause,
    });
  });
  loaded.set(compression, loading);
  return loading;
}

async function loadLz4(): Promise<Compress> {
  const { compressFrame } = await import('lz4-napi');
  return (bytes) => compressFrame(bytes);
}

/** ZSTD as Node's own zlib has it, and as WebAssembly for a Node that has not. */
async function loadZstd(): Promise<Compress> {
  const native: unknown = Reflect.get(zlib, 'zstdCompress');
  if (isZlibFunction(native)) return (bytes) => compressNatively(native, bytes);
  const { compress, init } = await import('@bokuweb/zstd-wasm');
  // Once a process: a second time it would mix two memories up.
  await init();
  return (bytes) => compress(bytes, ZSTD_LEVEL);
}

/** The functions of node:zlib that call back; the types of Node 20 do not know the one for ZSTD. */
type ZlibFunction = (
  bytes: Uint8Array,
  options: { readonly params: Readonly<Record<number, number>> },
  done: (error: Error | null, result: Uint8Array) => void,
) => void;

function isZlibFunction(value: unknown): value is ZlibFunction {
  return typeof value === 'function';
}

/** ZSTD_c_compressionLevel of zstd.h. */
const LEVEL_PARAMETER = 100;

function compressNatively(native: ZlibFunction, bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    native(bytes, { params: { [LEVEL_PARAMETER]: ZSTD_LEVEL } }, (error, frame) =>
      error === null ? resolve(frame) : reject(error),
    );
  });
}
