import type { Authenticator, Session } from '../../src/auth/authenticator.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { bytesOf, expectSent, type Scenario } from './scenario.ts';

const USER = 'arrow';
const PASSWORD = 'flight';
/** The token is the user's name, as in the servers of C++ and Go. */
const TOKEN = USER;

const SESSION: Session = {
  principal: { user: USER, credentials: { kind: 'password', user: USER, password: PASSWORD } },
  token: TOKEN,
};

const CREDENTIALS = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

const authenticator: Authenticator = {
  authenticate: async (authorization) => {
    if (authorization === `Bearer ${TOKEN}`) return SESSION.principal;
    throw new HanaFlightError('unauthenticated', `expected the token ${TOKEN}`);
  },
  logOn: async (authorization) => {
    if (authorization === CREDENTIALS) return SESSION;
    throw new HanaFlightError('unauthenticated', 'expected the user and password of the scenario');
  },
};

/** `auth:basic_proto`: user and password in the body of the handshake, the token in its answer. */
export function basicProto(): Scenario {
  return {
    authenticator,
    producer: {
      runAction: async (type, _body, { principal }) => {
        expectSent('type of the action', type, '');
        return [bytesOf(principal.user)];
      },
    },
  };
}
