import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { HanaFlightError } from '../core/errors.ts';
import { plainLines } from './plain-lines.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** True shows SQL text and HANA's own error texts, which quote SQL and values. */
  readonly sqlText: boolean;
  /** True writes a line for people, false one JSON object a line for machines. */
  readonly plain: boolean;
  /** Where the lines go; standard error when undefined. */
  readonly stream?: DestinationStream | undefined;
}

/** Fields that hold what opens doors; they never show, whatever the settings say. */
const SECRET_FIELDS = ['password', 'token', 'ticket', 'authorization', 'secret', 'credentials'];
/** Fields that hold what a customer asked or stored. */
const SQL_FIELDS = new Set(['sql', 'parameters']);

/** Makes the log of a process. Writes are synchronous, so that the last line before a crash is not lost. */
export function createLog(options: LogOptions): Logger {
  // Synchronous: a log line that explains an exit must be out before the exit.
  const raw = options.stream ?? destination({ dest: 2, sync: true });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        censor: '***',
      },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => (options.sqlText ? fields : withoutSqlText(fields)),
      },
      serializers: { err: (thrown: unknown) => describeError(thrown, options.sqlText) },
    },
    options.plain ? plainLines(raw) : raw,
  );
}

function withoutSqlText(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !SQL_FIELDS.has(field)));
}

/** What the log keeps of an error. HANA's text is left out unless SQL text may show, for it quotes both. */
function describeError(thrown: unknown, sqlText: boolean): Record<string, unknown> {
  if (!(thrown instanceof HanaFlightError)) {
    if (!(thrown instanceof Error)) return { message: String(thrown) };
    return { message: thrown.message, stack: thrown.stack };
  }
  const { code, hana, cause } = thrown;
  if (hana !== undefined && !sqlText) return { code, hana };
  return {
    code,
    message: thrown.message,
    ...(hana === undefined ? {} : { hana }),
    ...(cause instanceof Error ? { cause: describeError(cause, sqlText) } : {}),
    ...(code === 'internal' ? { stack: thrown.stack } : {}),
  };
}
