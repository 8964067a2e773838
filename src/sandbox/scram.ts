import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** HANA's two password methods; PBKDF2 is the newer one. */
export const SCRAM_METHODS = ['SCRAMPBKDF2SHA256', 'SCRAMSHA256'] as const;
export type ScramMethod = (typeof SCRAM_METHODS)[number];

export const CLIENT_CHALLENGE_BYTES = 64;
/** go-hdb takes no other length. */
export const SERVER_CHALLENGE_BYTES = 48;
export const SALT_BYTES = 16;
export const PROOF_BYTES = 32;

/** What a server keeps of a password. */
export interface PasswordVerifier {
  readonly method: ScramMethod;
  readonly salt: Uint8Array;
  /** PBKDF2 rounds; not used by SCRAMSHA256. */
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverVerifier: Uint8Array;
}

/** The random values of one logon. */
export interface Challenges {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

const deriveKey = promisify(pbkdf2);

/** Derives what a server keeps; PBKDF2 runs off the event loop. */
export async function deriveVerifier(
  method: ScramMethod,
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<PasswordVerifier> {
  const salted = await saltedPassword(method, password, salt, iterations);
  return {
    method,
    salt,
    iterations,
    storedKey: sha256(sha256(salted)),
    serverVerifier: hmac(salted, salt),
  };
}

/** True when `proof` was made with the password; takes the same time when it was not. */
export function verifyClientProof(
  verifier: PasswordVerifier,
  challenges: Challenges,
  proof: Uint8Array,
): boolean {
  if (proof.length !== PROOF_BYTES) return false;
  const signature = clientSignature(verifier.storedKey, verifier.salt, challenges);
  return timingSafeEqual(sha256(xor(proof, signature)), verifier.storedKey);
}

/** What proves the server to the client; only SCRAMPBKDF2SHA256 sends it. */
export function makeServerProof(verifier: PasswordVerifier, challenges: Challenges): Uint8Array {
  return hmac(verifier.serverVerifier, challenges.client, verifier.salt, challenges.server);
}

/** The client's side: proves knowledge of the password without sending it. */
export async function makeClientProof(
  password: string,
  terms: Pick<PasswordVerifier, 'method' | 'salt' | 'iterations'>,
  challenges: Challenges,
): Promise<Uint8Array> {
  const salted = await saltedPassword(terms.method, password, terms.salt, terms.iterations);
  const clientKey = sha256(salted);
  return xor(clientKey, clientSignature(sha256(clientKey), terms.salt, challenges));
}

async function saltedPassword(
  method: ScramMethod,
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<Uint8Array> {
  if (method === 'SCRAMSHA256') return hmac(Buffer.from(password, 'utf8'), salt);
  return deriveKey(password, salt, iterations, PROOF_BYTES, 'sha256');
}

function clientSignature(storedKey: Uint8Array, salt: Uint8Array, challenges: Challenges) {
  return hmac(storedKey, salt, challenges.server, challenges.client);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}
