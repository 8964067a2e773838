import { createHash, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { EncryptJWT, type JWTPayload, errors as joseErrors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { HanaFlightError } from '../core/errors.ts';
import { OpenedSeals } from './opened-seals.ts';
import { SEAL_PURPOSES, type SealPurpose } from './seal-purposes.ts';

export interface SealOptions {
  readonly purpose: SealPurpose;
  readonly lifetimeSeconds: number;
}

interface SealingKey {
  readonly id: string;
  /** jose imports bytes anew each time, and such an object once. */
  readonly key: KeyObject;
}

const AnyClaims = z.looseObject({});

const ISSUER = 'hana-flight';
/** A shorter payload gains too little. */
const MIN_COMPRESSED_BYTES = 1024;
/** Opening inflates no further than this. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;
/** A shorter secret could be guessed by trying. */
const MIN_SECRET_CHARACTERS = 32;

/**
 * Seals small records into texts that only processes with the same secrets can read or make: JWE,
 * direct AES-256-GCM. The newest secret seals; every listed one opens, so secrets can be rotated.
 */
export class Sealer {
  readonly #keys: readonly [SealingKey, ...SealingKey[]];
  readonly #opened = new OpenedSeals();

  /** @param secrets newest first. @throws HanaFlightError `invalid-argument` for a short or missing secret. */
  constructor(secrets: readonly string[]) {
    const [newest, ...older] = secrets.map(deriveKey);
    if (newest === undefined) {
      throw new HanaFlightError('invalid-argument', 'sealing needs at least one secret, none came');
    }
    this.#keys = [newest, ...older];
  }

  /** The payload must survive JSON. Longer ones are deflated where the purpose allows it. */
  async seal(payload: object, options: SealOptions): Promise<string> {
    const [newest] = this.#keys;
    const { purpose, lifetimeSeconds } = options;
    const json = JSON.stringify(payload);
    const deflated = SEAL_PURPOSES[purpose].compressed && worthDeflating(json);
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + lifetimeSeconds;
    const sealed = await new EncryptJWT({ ...payload })
      .setProtectedHeader({
        alg: 'dir',
        enc: 'A256GCM',
        kid: newest.id,
        ...(deflated && { zip: 'DEF' }),
      })
      .setIssuer(ISSUER)
      .setAudience(purpose)
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .encrypt(newest.key);
    // What opening it would give.
    this.#opened.remember(sealed, purpose, () => ({
      ...AnyClaims.parse(JSON.parse(json)),
      iss: ISSUER,
      aud: purpose,
      iat,
      exp,
    }));
    return sealed;
  }

  /**
   * Opens what {@link seal} made.
   * @throws HanaFlightError with the purpose's code for an expired, altered, foreign or unreadable text;
   * the text itself is never part of the message.
   */
  async open(sealed: string, purpose: SealPurpose): Promise<Readonly<JWTPayload>> {
    return this.#opened.find(sealed, purpose) ?? this.#decrypt(sealed, purpose);
  }

  async #decrypt(sealed: string, purpose: SealPurpose): Promise<Readonly<JWTPayload>> {
    try {
      if (!isCanonical(sealed)) throw new Error('the text is not what its bytes are written as');
      const { payload } = await jwtDecrypt(sealed, ({ kid }) => this.#keyById(kid), {
        issuer: ISSUER,
        audience: purpose,
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        // 0 refuses every compressed text.
        maxDecompressedLength: SEAL_PURPOSES[purpose].compressed ? MAX_INFLATED_BYTES : 0,
      });
      this.#opened.remember(sealed, purpose, () => payload);
      return payload;
    } catch (cause) {
      throw refusal(cause, purpose);
    }
  }

  #keyById(id: string | undefined): KeyObject {
    const known = this.#keys.find((candidate) => candidate.id === id);
    if (known === undefined) throw new UnknownKey();
    return known.key;
  }
}

/** Thrown inside jose's key lookup, where only an exception can say that there is no key. */
class UnknownKey extends Error {}

/** The claims that are added to the payload take a few bytes more: hence the half. */
function worthDeflating(json: string): boolean {
  const bytes = Buffer.byteLength(json);
  return bytes >= MIN_COMPRESSED_BYTES && bytes <= MAX_INFLATED_BYTES / 2;
}

/**
 * Base64 leaves bits of its last character unused, and decoders overlook them: without this check several
 * texts would open as the same record. The parts of a JWE are base64url with dots between them.
 */
function isCanonical(sealed: string): boolean {
  return sealed
    .split('.')
    .every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** A secret for a server that was given none: valid until the process ends. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Reads the text of a secret file: one secret a line, newest first; blank lines and `#` lines are skipped. */
export function parseSecrets(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function deriveKey(secret: string, index: number): SealingKey {
  if (secret.length < MIN_SECRET_CHARACTERS) {
    throw new HanaFlightError(
      'invalid-argument',
      `secret ${index + 1}: expected at least ${MIN_SECRET_CHARACTERS} characters, ${secret.length} came`,
    );
  }
  const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'hana-flight sealing key v1', 32));
  return {
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    key: createSecretKey(bytes),
  };
}

function refusal(cause: unknown, purpose: SealPurpose): HanaFlightError {
  const { noun, refused, expired, remedy } = SEAL_PURPOSES[purpose];
  if (cause instanceof joseErrors.JWTExpired) {
    return new HanaFlightError(expired, `${noun}: expired; ${remedy}`, { cause });
  }
  const reason =
    cause instanceof UnknownKey
      ? 'sealed with a key that this server does not have'
      : 'not one that this server made, or altered on its way';
  return new HanaFlightError(refused, `${noun}: ${reason}`, { cause });
}
