import type { Authenticator, Session } from '../auth/authenticator.ts';
import { encodeBasic } from '../auth/basic.ts';
import type { CallScope } from './call-scope.ts';
import type { Duplex } from './call-server.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { FLIGHT, messageCodec } from './protocol.ts';

const basicAuth = messageCodec<{ readonly username: string; readonly password: string }>(
  'arrow.flight.protocol.BasicAuth',
);

/**
 * Logs on. With an `authorization` header that alone counts, and the answer leaves at once: clients send
 * no request then (ADBC) or an empty one (JDBC, Rust), half-close or not, and some cancel as soon as
 * they have the headers. The token goes out in the initial metadata, where every client looks, followed
 * by one message, which some insist on and of which Rust takes no second.
 *
 * Without the header the first request decides: user and password in its payload are Flight's older way
 * to log on, whose clients want the token as the payload of the answer.
 */
export async function answerHandshake(
  stream: Duplex,
  scope: CallScope,
  authenticator: Authenticator,
): Promise<void> {
  const header = scope.authorization;
  const payload = header === undefined ? await firstPayload(stream, scope) : NO_BYTES;
  stream.resume();
  if (payload.length === 0) {
    const session = await authenticator.logOn(header);
    answer(stream, scope, session, {});
  } else {
    const { username, password } = basicAuth.decode(payload);
    const session = await authenticator.logOn(encodeBasic(username, password));
    answer(stream, scope, session, { payload: Buffer.from(session.token, 'utf8') });
  }
}

const NO_BYTES = new Uint8Array(0);

/** Empty when the client sends no request. */
async function firstPayload(stream: Duplex, scope: CallScope): Promise<Uint8Array> {
  const request = await new IncomingMessages(stream, scope.signal).next();
  return request === undefined ? NO_BYTES : FLIGHT.handshakeRequest.decode(request).payload;
}

function answer(
  stream: Duplex,
  scope: CallScope,
  session: Session,
  message: { readonly payload?: Uint8Array },
): void {
  scope.record.user = session.principal.user;
  scope.answer.add('authorization', `Bearer ${session.token}`);
  scope.answer.send();
  stream.write(FLIGHT.handshakeResponse.encode(message));
}
