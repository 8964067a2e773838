import { strictEqual } from 'node:assert';
import { RecordBatchReader, RecordBatchWriter, type TypeMap } from 'apache-arrow';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';
import { END_OF_STREAM, encapsulateMessage } from '../../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../../src/arrow/ipc-schema.ts';
import { decodeFlightData, encodeFlightData } from '../../src/flight/flight-data.ts';
import { digestOf, digestOfBatches, ipcStreamOf } from '../digest.ts';
import type { FigureGroup } from '../figures.ts';
import { type PrebuiltBatches, prebuiltBatches } from '../flight/prebuilt-batches.ts';
import { assertEqualDigests } from '../peers/reader.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';
import { makeWorkload } from '../workloads/workload.ts';

const BASELINE = 'plain copies of the same buffers';

/** `npm run bench -- ipc`: batches to the messages of a DoGet, in memory. */
export const ipcStage: Stage = {
  name: 'ipc',
  summary: 'batches to FlightData messages in memory, beside plain copies and apache-arrow',
  takesWorkload: true,
  short: { rows: 200_000, rounds: 5 },
  run: async (options) => [await run(options)],
};

async function run({
  workload: definition,
  rows,
  seed,
  rounds,
  only,
  profileFolder,
}: StageOptions): Promise<FigureGroup> {
  const prebuilt = prebuiltBatches(makeWorkload(definition, { rows, seed }));
  const { schema, batches, byteCount } = prebuilt;
  const stream = Buffer.concat([...ipcStreamOf(schema, batches)]);
  const theirs = [...RecordBatchReader.from<TypeMap>(stream)];
  assertFramesHold(prebuilt);
  const each: Readonly<Record<string, () => number>> = {
    [BASELINE]: () => {
      let bytes = 0;
      for (const { buffers } of batches) {
        for (const buffer of buffers) bytes += Buffer.from(buffer).length;
      }
      return bytes;
    },
    'hana-flight FlightData messages': () => {
      let bytes = 0;
      for (const batch of batches) {
        const { header, body } = encodeBatch(batch);
        bytes += encodeFlightData(header, body).length;
      }
      return bytes;
    },
    'apache-arrow RecordBatchWriter': () => {
      const writer = new RecordBatchWriter<TypeMap>();
      for (const batch of theirs) writer.write(batch);
      return writer.finish().toUint8Array(true).length;
    },
  };
  const contenders = Object.entries(each).map(([name, encode]) => ({
    name,
    processes: { server: process.pid },
    run: async () => {
      const bytes = encode();
      if (bytes < byteCount) throw new Error(`${name}: ${bytes} bytes are not all`);
      return { rows };
    },
  }));
  return interleave(contenders, {
    title: `${batches.length} batches`,
    baseline: BASELINE,
    rounds,
    rows,
    bytes: byteCount,
    bytesOf: 'Arrow',
    checked: "equal digests before, read back by Arrow's own reader",
    only,
    profileFolder,
  });
}

/** Fails unless Arrow's own reader finds in the messages what went into them. */
function assertFramesHold({ schema, batches }: PrebuiltBatches): void {
  const pieces = batches.flatMap((batch) => {
    const encoded = encodeBatch(batch);
    const { header, body } = decodeFlightData(encodeFlightData(encoded.header, encoded.body));
    strictEqual(body.length, encoded.body.byteLength);
    return [encapsulateMessage(header), body];
  });
  const stream = Buffer.concat([encodeSchemaMessage(schema), ...pieces, END_OF_STREAM]);
  assertEqualDigests({
    batches: digestOfBatches(schema, batches),
    messages: digestOf(RecordBatchReader.from<TypeMap>(stream)),
  });
}
