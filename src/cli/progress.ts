import { SingleBar } from 'cli-progress';
import type { IpcMessage } from '../flight/client.ts';

/** Follows a result as it streams by. */
export interface Progress {
  readonly rows: number;
  /** Passes the messages on, counting them. */
  follow(messages: AsyncIterable<IpcMessage>): AsyncIterable<IpcMessage>;
  /** Takes the bar off the terminal. */
  stop(): void;
}

const REDRAWS_PER_SECOND = 10;

/**
 * @param totalRecords -1 when unknown, as HANA does not tell the size of a result in advance.
 * @param terminal undefined counts without drawing.
 */
export function startProgress(
  totalRecords: number,
  terminal: NodeJS.WritableStream | undefined,
): Progress {
  const bar = terminal === undefined ? undefined : makeBar(totalRecords, terminal);
  const started = performance.now();
  let rows = 0;
  bar?.start(Math.max(0, totalRecords), 0, { text: rateText(0, started) });
  return {
    get rows() {
      return rows;
    },
    async *follow(messages) {
      for await (const message of messages) {
        rows += message.rowCount;
        bar?.update(rows, { text: rateText(rows, started) });
        yield message;
      }
    },
    stop: () => bar?.stop(),
  };
}

/** `1,234,567`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function makeBar(totalRecords: number, stream: NodeJS.WritableStream): SingleBar {
  return new SingleBar({
    stream,
    format: totalRecords < 0 ? '{text}' : '{bar} {percentage} % · {text}',
    fps: REDRAWS_PER_SECOND,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
    linewrap: false,
  });
}

function rateText(rows: number, started: number): string {
  const seconds = Math.max(0.001, (performance.now() - started) / 1000);
  return `${grouped(rows)} rows · ${grouped(Math.round(rows / seconds))} rows/s`;
}
