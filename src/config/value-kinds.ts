import { z } from 'zod';
import { ENDPOINT_COUNT, type EndpointCount, parseEndpointCount } from '../core/endpoint-count.ts';
import { type ClientRule, ENDPOINT_POLICIES } from '../core/endpoint-policy.ts';
import { Secret } from './secret.ts';

/** How the values of one kind of setting are written, read and printed. */
export interface ValueKind<T> {
  /** Placeholder of the help text and the documentation; undefined for a switch that takes no value. */
  readonly syntax: string | undefined;
  /** Accepts the text of a flag or variable, or the JSON value of a settings file. */
  readonly schema: z.ZodType<T>;
  /** The value as a user would write it. */
  print(value: T): string;
}

/** A network address. Port 0 takes a free one. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`; an IPv6 host stands in brackets. */
export const hostPort: ValueKind<HostPort> = {
  syntax: 'HOST:PORT',
  schema: fromText('HOST:PORT with a port from 0 to 65535', (text) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
    const host = match?.[1] ?? match?.[2];
    const port = Number(match?.[3]);
    return host === undefined || port > 65_535 ? undefined : { host, port };
  }),
  print: ({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`),
};

/** A whole number within bounds, both included. */
export function integer(minimum: number, maximum: number): ValueKind<number> {
  return {
    syntax: 'N',
    schema: fromText(`a whole number from ${minimum} to ${maximum}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    }),
    print: String,
  };
}

const BYTE_UNITS = { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10 } as const;

/** A number of bytes within bounds, plain or with a unit: `4194304`, `4MiB`. */
export function byteCount(minimum: number, maximum: number): ValueKind<number> {
  return {
    syntax: 'SIZE',
    schema: fromText(
      `bytes, plain or with KiB, MiB or GiB, from ${printBytes(minimum)} to ${printBytes(maximum)}`,
      (text) => {
        const value = parseWithUnit(text, { ...BYTE_UNITS, '': 1 });
        return value !== undefined && value >= minimum && value <= maximum ? value : undefined;
      },
    ),
    print: printBytes,
  };
}

const DURATION_UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** A length of time in milliseconds, written with its unit: `250ms`, `30s`, `5m`, `8h`. */
export function duration(minimumMs: number, maximumMs: number): ValueKind<number> {
  return {
    syntax: 'TIME',
    schema: fromText(
      `a time with its unit (ms, s, m or h) from ${printDuration(minimumMs)} to ${printDuration(maximumMs)}`,
      (text) => {
        const value = parseWithUnit(text, DURATION_UNITS);
        return value !== undefined && value >= minimumMs && value <= maximumMs ? value : undefined;
      },
    ),
    print: printDuration,
  };
}

/** One word of a list. */
export function oneOf<const Word extends string>(words: readonly Word[]): ValueKind<Word> {
  return {
    syntax: words.join('|'),
    schema: z.enum(words, { error: `expected one of ${words.join(', ')}` }),
    print: String,
  };
}

/** A text that is not empty. */
export function plainText(syntax: string): ValueKind<string> {
  return {
    syntax,
    schema: fromText('a text that is not empty', (value) => value.trim() || undefined),
    print: String,
  };
}

/** A text that is never printed. Spaces around it belong to it. */
export function secretText(syntax: string): ValueKind<Secret> {
  return {
    syntax,
    schema: fromText('a text that is not empty', (value) =>
      value === '' ? undefined : new Secret(value),
    ),
    print: String,
  };
}

/** On or off. */
export const toggle: ValueKind<boolean> = {
  syntax: undefined,
  schema: fromText(
    'true or false',
    (value) => ({ true: true, 1: true, false: false, 0: false })[value],
  ),
  print: String,
};

/** How HANA's floating DECIMAL, which has no fixed scale, travels. */
export type FloatingDecimal =
  | { readonly kind: 'float64' }
  | { readonly kind: 'utf8' }
  | { readonly kind: 'decimal128'; readonly scale: number };

/** `float64`, `utf8`, or `decimal128:SCALE`. */
export const floatingDecimal: ValueKind<FloatingDecimal> = {
  syntax: 'float64|utf8|decimal128:SCALE',
  schema: fromText('float64, utf8 or decimal128:SCALE with a scale from 0 to 38', (value) => {
    if (value === 'float64' || value === 'utf8') return { kind: value };
    const scale = Number(/^decimal128:(\d{1,2})$/.exec(value)?.[1] ?? Number.NaN);
    return scale <= 38 ? { kind: 'decimal128', scale } : undefined;
  }),
  print: (value) => (value.kind === 'decimal128' ? `decimal128:${value.scale}` : value.kind),
};

/** The most threads that `--lanes` takes. */
const MAX_LANES = 64;

/** `auto`, or a number of threads. */
export const laneCount: ValueKind<number | 'auto'> = {
  syntax: 'auto|N',
  schema: fromText(`auto or a number from 0 to ${MAX_LANES}`, (text) => {
    if (text === 'auto') return text;
    const count = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    return count <= MAX_LANES ? count : undefined;
  }),
  print: String,
};

/** `auto`, `off`, or a number of endpoints. */
export const endpointCount: ValueKind<EndpointCount> = {
  syntax: ENDPOINT_COUNT.syntax,
  schema: fromText(ENDPOINT_COUNT.expected, parseEndpointCount),
  print: String,
};

/** `PATTERN=one|ordered-one|many`, separated by commas. */
export const clientEndpoints: ValueKind<readonly ClientRule[]> = {
  syntax: 'PATTERN=POLICY,…',
  schema: fromText(
    `PATTERN=POLICY, separated by commas, with a policy of ${ENDPOINT_POLICIES.join(', ')}`,
    (text) => {
      const rules = text.split(',').map(parseClientRule);
      const known = rules.filter((rule) => rule !== undefined);
      return known.length === rules.length ? known : undefined;
    },
  ),
  print: (rules) => rules.map(({ pattern, endpoints }) => `${pattern}=${endpoints}`).join(','),
};

/** The last equals sign counts: a user agent may hold others. */
function parseClientRule(text: string): ClientRule | undefined {
  const at = text.lastIndexOf('=');
  const pattern = text.slice(0, Math.max(0, at)).trim();
  const endpoints = ENDPOINT_POLICIES.find((policy) => policy === text.slice(at + 1).trim());
  return pattern === '' || endpoints === undefined ? undefined : { pattern, endpoints };
}

/** A schema over what flags, variables and JSON can carry, read as text; `parse` gives undefined for a bad one. */
function fromText<T>(expected: string, parse: (text: string) => T | undefined): z.ZodType<T> {
  return z
    .union([z.string(), z.number(), z.boolean()], { error: `expected ${expected}` })
    .transform((raw, context) => {
      const value = parse(String(raw));
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    });
}

function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+)\s*([a-zA-Z]*)$/.exec(text);
  const factor = units[match?.[2] ?? ''];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

function printBytes(value: number): string {
  return printWithUnit(value, BYTE_UNITS, '');
}

function printDuration(value: number): string {
  return printWithUnit(value, DURATION_UNITS, 'ms');
}

function printWithUnit(
  value: number,
  units: Readonly<Record<string, number>>,
  smallest: string,
): string {
  for (const [unit, factor] of Object.entries(units)) {
    if (value >= factor && value % factor === 0) return `${value / factor}${unit}`;
  }
  return `${value}${smallest}`;
}
