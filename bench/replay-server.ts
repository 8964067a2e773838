import { type ChildProcess, fork } from 'node:child_process';
import { FunctionCode } from '../src/driver/wire/function-code.ts';
import { MessageType } from '../src/driver/wire/message-type.ts';
import { encodeParameterMetadata } from '../src/driver/wire/parts/parameter-metadata.ts';
import { encodeResultSet } from '../src/driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../src/driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../src/driver/wire/parts/result-set-metadata.ts';
import { encodeStatementId } from '../src/driver/wire/parts/statement-id.ts';
import { type ScriptedWire, startScriptedHana } from '../test/support/scripted-hana.ts';
import { narrowWorkload, type WorkloadSize } from './workload.ts';

/**
 * A HANA that answers every query with the same rows, encoded before the clock starts: what a client
 * takes is then its own time. It runs in a process of its own, on loopback.
 */
export interface ReplayServer {
  readonly port: number;
  close(): void;
}

/** Starts the process and waits until it listens. */
export async function startReplayServer(size: WorkloadSize): Promise<ReplayServer> {
  const child = fork(import.meta.filename, [JSON.stringify(size)]);
  const port = await firstMessage(child);
  return { port, close: () => child.kill() };
}

function firstMessage(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', (code) => reject(new Error(`replay server ended with code ${code}`)));
  });
}

async function serve(size: WorkloadSize): Promise<void> {
  const { columns, packets } = narrowWorkload(size);
  const positions = new WeakMap<ScriptedWire, number>();
  const nextRows = (wire: ScriptedWire) => {
    const position = positions.get(wire) ?? 0;
    positions.set(wire, position + 1);
    const packet = packets[position];
    if (packet === undefined) throw new Error(`no packet ${position}`);
    const last = position === packets.length - 1;
    return encodeResultSet({ ...packet, last, closed: last, empty: false });
  };
  const answers = new Map<number, (wire: ScriptedWire) => void>([
    [
      MessageType.PREPARE,
      (wire) =>
        wire.reply(FunctionCode.SELECT, [
          encodeStatementId(1n),
          encodeResultSetMetadata(columns),
          encodeParameterMetadata([]),
        ]),
    ],
    [MessageType.FETCHNEXT, (wire) => wire.reply(FunctionCode.FETCH, [nextRows(wire)])],
  ]);
  for (const execute of [MessageType.EXECUTEDIRECT, MessageType.EXECUTE]) {
    answers.set(execute, (wire) => {
      positions.set(wire, 0);
      const parts = [encodeResultSetMetadata(columns), encodeResultSetId(1n), nextRows(wire)];
      wire.reply(FunctionCode.SELECT, parts);
    });
  }
  const { port } = await startScriptedHana(({ messageType }, wire) => {
    const answer = answers.get(messageType);
    if (answer === undefined) wire.reply(FunctionCode.NIL);
    else answer(wire);
  });
  process.send?.(port);
  process.once('disconnect', () => process.exit());
}

const [, script, size] = process.argv;
if (script === import.meta.filename && size !== undefined) await serve(JSON.parse(size));
