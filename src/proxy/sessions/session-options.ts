import { HanaFlightError } from '../../core/errors.ts';
import type { Call, SessionOptionError, SessionOptionValue } from '../../flight/producer.ts';
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
};

/** @returns the options that could not be set, and why. */
export async function setSessionOptions(
  options: ReadonlyMap<string, SessionOptionValue | undefined>,
  context: Context,
): Promise<ReadonlyMap<string, SessionOptionError>> {
  const errors = new Map<string, SessionOptionError>();
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
