import { HanaFlightError } from '../../core/errors.ts';
import type { Call, SessionOptionError, SessionOptionValue } from '../../flight/producer.ts';
import {
  OPTION_NAMES,
  type OptionName,
  PARTITION_OPTIONS,
} from '../partitioning/partition-options.ts';
import { checkSessionOption, isBlank, SESSION_PREFIX } from '../partitioning/partition-request.ts';
import { type Connections, SCHEMA_OPTION } from './connections.ts';
import type { Sessions } from './sessions.ts';

interface Context {
  readonly call: Call;
  readonly sessions: Sessions;
  readonly connections: Connections;
}

/** A row of the table of session options. */
interface SessionOption {
  readonly doc: string;
  /** Undefined takes the option away. @returns why it cannot be set; undefined when it is. */
  set(
    value: SessionOptionValue | undefined,
    context: Context,
  ): Promise<SessionOptionError | undefined>;
  /** Undefined when there is nothing to tell. */
  get(context: Context): Promise<SessionOptionValue | undefined>;
}

/** Every session option, by its name. */
export const SESSION_OPTIONS: Readonly<Record<string, SessionOption>> = {
  catalog: {
    doc: 'accepted when empty: HANA has no catalogs in SQL',
    set: async (value) => {
      if (value === undefined || value === '') return undefined;
      if (typeof value !== 'string') return 'invalid-value';
      throw new HanaFlightError(
        'not-found',
        `expected an empty catalog, as HANA has none, got "${value}"`,
      );
    },
    get: async () => '',
  },
  [SCHEMA_OPTION]: {
    doc: 'the schema that unqualified names refer to',
    set: setSchema,
    get: ({ call, sessions, connections }) => {
      const transaction = sessions.find(call)?.soleTransaction;
      return connections.use({ call, transaction }, ({ connection }) => connection.currentSchema());
    },
  },
  ...Object.fromEntries(OPTION_NAMES.map((name) => [SESSION_PREFIX + name, partitionOption(name)])),
};

/**
 * @returns the options that could not be set, and why.
 * @throws HanaFlightError `invalid-argument` for an unknown or wrong option of partitioning, before any is
 * set: the answer has no room for a text, and a misspelt one must not go unheard.
 */
export async function setSessionOptions(
  options: ReadonlyMap<string, SessionOptionValue | undefined>,
  context: Context,
): Promise<ReadonlyMap<string, SessionOptionError>> {
  const errors = new Map<string, SessionOptionError>();
  for (const [name, value] of options) {
    if (name.startsWith(SESSION_PREFIX)) checkSessionOption(name, value);
  }
  for (const [name, value] of options) {
    const option = Object.hasOwn(SESSION_OPTIONS, name) ? SESSION_OPTIONS[name] : undefined;
    const error = option === undefined ? 'invalid-name' : await option.set(value, context);
    if (error !== undefined) errors.set(name, error);
  }
  return errors;
}

/** All options with their present values. */
export async function getSessionOptions(
  context: Context,
): Promise<ReadonlyMap<string, SessionOptionValue>> {
  const values = new Map<string, SessionOptionValue>();
  for (const [name, option] of Object.entries(SESSION_OPTIONS)) {
    const value = await option.get(context);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** Kept as it was given and told as it was given; one that was not set is not told, whatever the server's settings. */
function partitionOption(name: OptionName): SessionOption {
  const key = SESSION_PREFIX + name;
  return {
    doc: PARTITION_OPTIONS[name].doc,
    set: async (value, { call, sessions }) => {
      if (value === undefined || isBlank(value)) sessions.find(call)?.options.delete(key);
      else sessions.open(call).options.set(key, value);
      return undefined;
    },
    get: async ({ call, sessions }) => sessions.find(call)?.options.get(key),
  };
}

/** HANA is asked at once, so that a schema that does not exist is reported to whoever set it. */
async function setSchema(
  value: SessionOptionValue | undefined,
  { call, sessions, connections }: Context,
): Promise<SessionOptionError | undefined> {
  if (value !== undefined && typeof value !== 'string') return 'invalid-value';
  const schema = value === '' ? undefined : value;
  await connections.use({ call, schema }, ({ connection }) => connection.setCurrentSchema(schema));
  const session = sessions.open(call);
  for (const transaction of session.transactions) {
    if (!transaction.connected) continue;
    await connections.use({ call, transaction }, ({ connection }) =>
      connection.setCurrentSchema(schema),
    );
  }
  if (schema === undefined) session.options.delete(SCHEMA_OPTION);
  else session.options.set(SCHEMA_OPTION, schema);
  return undefined;
}
