import type { DestinationStream } from 'pino';

/** Turns pino's JSON lines into `12:30:05 WARN  text  field=value`, for a person at a terminal. */
export function plainLines(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(`${plainLine(line)}\n`) };
}

function plainLine(json: string): string {
  const record: unknown = JSON.parse(json);
  if (!isRecord(record)) return json;
  const { time, level, msg = '', ...fields } = record;
  const clock = String(time).slice(11, 19);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [clock, String(level).toUpperCase().padEnd(5), String(msg), ...rest].join(' ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
