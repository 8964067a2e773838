import type { Authenticator, Session } from '../../src/auth/authenticator.ts';

const SESSION: Session = {
  principal: {
    user: 'ANYONE',
    credentials: { kind: 'password', user: 'ANYONE', password: '' },
  },
  token: 'anyone',
};

/** Lets everybody in, as the official servers do. */
export const anyone: Authenticator = {
  authenticate: async () => SESSION.principal,
  logOn: async () => SESSION,
};
