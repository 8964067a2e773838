import { createHmac, randomBytes } from 'node:crypto';
import { HanaFlightError } from '../core/errors.ts';
import { cesu8ToString } from '../driver/values/cesu8.ts';
import { findPart, type Part, type RequestMessage, requirePart } from '../driver/wire/message.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import {
  decodeAuthentication,
  encodeAuthentication,
  encodeFields,
} from '../driver/wire/parts/authentication.ts';
import { ClientContextOption } from '../driver/wire/parts/client-context.ts';
import { decodeClientId } from '../driver/wire/parts/client-id.ts';
import { decodeOptions, stringOption } from '../driver/wire/parts/options.ts';
import { SandboxError } from './engine.ts';
import {
  type Challenges,
  CLIENT_CHALLENGE_BYTES,
  deriveVerifier,
  makeServerProof,
  type PasswordVerifier,
  PROOF_BYTES,
  SALT_BYTES,
  SCRAM_METHODS,
  type ScramMethod,
  SERVER_CHALLENGE_BYTES,
  verifyClientProof,
} from './scram.ts';

/** Who logged on. */
export interface LoggedOnClient {
  readonly user: string;
  readonly clientType: string;
  readonly clientPid: number;
}

const AUTHENTICATION_FAILED = 10;
/** hdbconnect refuses fewer. */
const ITERATIONS = 15_000;
/** The proof travels as a field list of one: u16 count, length byte. The count is BE or LE, by driver. */
const PROOF_HEADER_BYTES = 3;

/**
 * What the server knows of its users. Salts come from a secret of the server and the user's name, so an
 * unknown name looks like a known one.
 */
export class UserDirectory {
  readonly #passwordOf: (user: string) => string | undefined;
  readonly #secret = randomBytes(32);
  readonly #verifiers = new Map<string, Promise<PasswordVerifier>>();

  constructor(passwordOf: (user: string) => string | undefined) {
    this.#passwordOf = passwordOf;
  }

  /** The user's name as HANA keeps it: upper case unless it exists as written. */
  resolve(name: string): string {
    return this.#passwordOf(name) === undefined ? name.toUpperCase() : name;
  }

  verifier(method: ScramMethod, user: string): Promise<PasswordVerifier> {
    const password = this.#passwordOf(user);
    const salt = createHmac('sha256', this.#secret).update(`${method} ${user}`).digest();
    const derive = (secret: string) =>
      deriveVerifier(method, secret, salt.subarray(0, SALT_BYTES), ITERATIONS);
    if (password === undefined) return derive(randomBytes(32).toString('hex'));
    const key = JSON.stringify([method, user, password]);
    const known = this.#verifiers.get(key) ?? derive(password);
    this.#verifiers.set(key, known);
    return known;
  }
}

/** The two steps of logging on: a challenge in AUTHENTICATE, its proof in CONNECT. */
export class Logon {
  readonly #users: UserDirectory;
  #clientType = '';
  #pending: { user: string; verifier: PasswordVerifier; challenges: Challenges } | undefined;

  constructor(users: UserDirectory) {
    this.#users = users;
  }

  /** Answers AUTHENTICATE: the method chosen, and its challenge. */
  async challenge(request: RequestMessage): Promise<Part> {
    const fields = decodeAuthentication(requirePart(request, PartKind.AUTHENTICATION));
    const context = findPart(request, PartKind.CLIENTCONTEXT);
    if (context !== undefined) {
      const type = stringOption(decodeOptions(context), ClientContextOption.CLIENT_TYPE);
      this.#clientType = type ?? '';
    }
    const { method, clientChallenge } = chooseMethod(fields);
    const user = this.#users.resolve(cesu8ToString(fields[0] ?? new Uint8Array()));
    const verifier = await this.#users.verifier(method, user);
    const challenges = { client: clientChallenge, server: randomBytes(SERVER_CHALLENGE_BYTES) };
    this.#pending = { user, verifier, challenges };
    return encodeAuthentication([Buffer.from(method), encodeFields(terms(verifier, challenges))]);
  }

  /** Answers CONNECT: checks the proof. Throws HANA's error 10 when it is wrong. */
  prove(request: RequestMessage): { readonly client: LoggedOnClient; readonly reply: Part } {
    const fields = decodeAuthentication(requirePart(request, PartKind.AUTHENTICATION));
    const pending = this.#pending;
    this.#pending = undefined;
    const proof = (fields[2] ?? new Uint8Array()).subarray(PROOF_HEADER_BYTES);
    if (
      pending === undefined ||
      methodName(fields[1]) !== pending.verifier.method ||
      !verifyClientProof(pending.verifier, pending.challenges, proof)
    ) {
      throw authenticationFailed();
    }
    const { verifier, challenges, user } = pending;
    const clientId = findPart(request, PartKind.CLIENTID);
    const client = {
      user,
      clientType: this.#clientType,
      clientPid: clientId === undefined ? 0 : decodeClientId(clientId).pid,
    };
    const method = Buffer.from(verifier.method);
    return { client, reply: encodeAuthentication([method, finalData(verifier, challenges)]) };
  }
}

/** HANA says no more than this, so that nobody learns which part was wrong. */
function authenticationFailed(): SandboxError {
  return new SandboxError(AUTHENTICATION_FAILED, 'authentication failed', { sqlState: '28000' });
}

/** Fields are user, method, data, method, data …; the strongest method known is taken. */
function chooseMethod(fields: readonly Uint8Array[]) {
  for (const method of SCRAM_METHODS) {
    for (let index = 1; index + 1 < fields.length; index += 2) {
      const data = fields[index + 1];
      if (methodName(fields[index]) !== method || data === undefined) continue;
      if (data.length !== CLIENT_CHALLENGE_BYTES) {
        throw new HanaFlightError(
          'malformed-packet',
          `AUTHENTICATION part: expected a challenge of ${CLIENT_CHALLENGE_BYTES} bytes for ${method}, got ${data.length}`,
        );
      }
      return { method, clientChallenge: data };
    }
  }
  throw authenticationFailed();
}

function methodName(field: Uint8Array | undefined): string {
  return Buffer.from(field ?? []).toString('latin1');
}

function terms(verifier: PasswordVerifier, challenges: Challenges): readonly Uint8Array[] {
  if (verifier.method === 'SCRAMSHA256') return [verifier.salt, challenges.server];
  const iterations = Buffer.alloc(4);
  iterations.writeUInt32BE(verifier.iterations);
  return [verifier.salt, challenges.server, iterations];
}

/** hdbconnect wants nothing after SCRAMSHA256; node-hdb compares count and length of the proof as well. */
function finalData(verifier: PasswordVerifier, challenges: Challenges): Uint8Array {
  if (verifier.method === 'SCRAMSHA256') return new Uint8Array();
  return Buffer.concat([Uint8Array.of(1, 0, PROOF_BYTES), makeServerProof(verifier, challenges)]);
}
