import { Metadata } from '@grpc/grpc-js';
import type { Authenticator } from '../auth/authenticator.ts';
import type { CallScope } from './call-scope.ts';
import type { Duplex } from './call-server.ts';
import { FLIGHT } from './protocol.ts';

/**
 * Logs on by the `authorization` header alone and answers at once. Clients send no request (ADBC) or
 * one (JDBC, Rust), half-close or not, and some cancel as soon as they have the headers: so nothing is
 * waited for. The token goes out in the initial metadata, where every client looks, followed by one
 * empty message, which some insist on and of which Rust takes no second.
 */
export async function answerHandshake(
  stream: Duplex,
  scope: CallScope,
  authenticator: Authenticator,
): Promise<void> {
  stream.resume();
  const session = await authenticator.logOn(scope.authorization);
  scope.record.user = session.principal.user;
  const headers = new Metadata();
  headers.set('authorization', `Bearer ${session.token}`);
  stream.sendMetadata(headers);
  stream.write(FLIGHT.handshakeResponse.encode({}));
}
