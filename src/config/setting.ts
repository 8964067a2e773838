import type { ValueKind } from './value-kinds.ts';

/** The commands that have settings. */
export type Command = 'serve' | 'sandbox' | 'query' | 'explain' | 'check';

/** What the documentation and the help text group settings by. */
export type Section =
  | 'addresses'
  | 'HANA'
  | 'results'
  | 'partitioning'
  | 'sessions'
  | 'client'
  | 'sandbox'
  | 'running';

/** One row of the settings table. `Value` is what the program receives. */
export interface Setting<Value, Commands extends readonly Command[] = readonly Command[]> {
  readonly kind: ValueKind<NonNullable<Value>>;
  /** Undefined means: unset. */
  readonly default: Value;
  readonly section: Section;
  readonly commands: Commands;
  readonly doc: string;
  /** One-letter flag, without its dash. */
  readonly short?: string;
  /** True for what must not stand on a command line, where every user of the machine can read it. */
  readonly environmentOnly?: boolean;
}

type Row<Commands extends readonly Command[]> = Omit<
  Setting<unknown, Commands>,
  'kind' | 'default'
>;

/** A setting that always has a value. */
export function required<T, const Commands extends readonly Command[]>(
  kind: ValueKind<NonNullable<T>>,
  defaultValue: NoInfer<T>,
  row: Row<Commands>,
): Setting<T, Commands> {
  return { kind, default: defaultValue, ...row };
}

/** A setting that may be left unset. */
export function optional<T, const Commands extends readonly Command[]>(
  kind: ValueKind<T & NonNullable<unknown>>,
  row: Row<Commands>,
): Setting<(T & NonNullable<unknown>) | undefined, Commands> {
  return { kind, default: undefined, ...row };
}

/** The default as a user would write it; undefined for a setting that is unset. */
export function printDefault({ kind, default: value }: Setting<unknown>): string | undefined {
  return value === undefined || value === null ? undefined : kind.print(value);
}

const ENVIRONMENT_PREFIX = 'HANA_FLIGHT_';

/** `poolMax` -> `pool-max`: the flag without its dashes, and the key in a settings file. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `poolMax` -> `HANA_FLIGHT_POOL_MAX`. */
export function environmentName(name: string): string {
  return ENVIRONMENT_PREFIX + flagName(name).replaceAll('-', '_').toUpperCase();
}

/**
 * True for a variable that is meant for this program. Kubernetes gives every container variables named
 * after the services beside it; a service called `hana-flight` must not look like a misspelt setting.
 */
export function isOurVariable(name: string, value: string): boolean {
  if (!name.startsWith(ENVIRONMENT_PREFIX)) return false;
  const kubernetes =
    /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
  const link = /^(tcp|udp|sctp):\/\//;
  return !kubernetes.test(name) && !(name.endsWith('_PORT') && link.test(value));
}
