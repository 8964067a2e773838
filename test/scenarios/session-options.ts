import type { SessionOptionError, SessionOptionValue } from '../../src/flight/producer.ts';
import type { Scenario } from './scenario.ts';

/** A name that no option may have, and a text that no option may be set to. */
const REFUSED = 'lol_invalid';

type Options = Map<string, SessionOptionValue>;

/** `session_options`: sessions known by their cookie. */
export function sessionOptions(): Scenario {
  const sessions = new Map<string, Options>();
  const optionsOf = (id: string): Options => {
    const options = sessions.get(id) ?? new Map<string, SessionOptionValue>();
    sessions.set(id, options);
    return options;
  };
  return {
    producer: {
      setSessionOptions: async (wanted, { session }) => {
        const options = optionsOf(session.open());
        const errors = new Map<string, SessionOptionError>();
        for (const [name, value] of wanted) {
          if (name === REFUSED) errors.set(name, 'invalid-name');
          else if (value === REFUSED) errors.set(name, 'invalid-value');
          else if (value === undefined) options.delete(name);
          else options.set(name, value);
        }
        return errors;
      },
      getSessionOptions: async ({ session }) => optionsOf(session.open()),
      closeSession: async ({ session }) => {
        const known = session.id !== undefined && sessions.delete(session.id);
        return known ? 'closed' : 'not-closeable';
      },
    },
  };
}
