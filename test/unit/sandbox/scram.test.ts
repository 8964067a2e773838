import { expect, test } from 'vitest';
import {
  deriveVerifier,
  makeClientProof,
  makeServerProof,
  verifyClientProof,
} from '../../../src/sandbox/scram.ts';

const counting = (from: number, length: number) =>
  Uint8Array.from({ length }, (_, index) => (from + index) & 0xff);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Password `manager`, salt 00…0f, server challenge 10…3f, client challenge 40…7f. */
const salt = counting(0, 16);
const challenges = { client: counting(0x40, 64), server: counting(0x10, 48) };

/** Computed apart from this code and checked against SAP's open client. */
const VECTORS = [
  {
    method: 'SCRAMSHA256',
    storedKey: 'df986b3b51a5ba7d52c2664998544b95c329ab6a94e93ec4d0a0d6641ca3879e',
    clientProof: '9e439c50ddf73cb67c343d7e21c5faf2880f20f75de880c8165fea8c31c4a44b',
  },
  {
    method: 'SCRAMPBKDF2SHA256',
    storedKey: 'ef2cb8ca4ce47ea8301d4d2bd03527f303529cf913367d63249e36d63bd6f015',
    clientProof: 'c6ffd53f5c71fe5b61f02130c0e4dd44a57b20d2e0bab19d1f0855df3c5be8e0',
  },
] as const;

test.each(VECTORS)('$method: keys and proof are those of the published vector', async (vector) => {
  const verifier = await deriveVerifier(vector.method, 'manager', salt, 15_000);
  const proof = await makeClientProof('manager', verifier, challenges);
  expect(hex(verifier.storedKey)).toBe(vector.storedKey);
  expect(hex(proof)).toBe(vector.clientProof);
  expect(verifyClientProof(verifier, challenges, proof)).toBe(true);
});

test('SCRAMPBKDF2SHA256: the server proves itself with the proof of the published vector', async () => {
  const verifier = await deriveVerifier('SCRAMPBKDF2SHA256', 'manager', salt, 15_000);
  expect(hex(makeServerProof(verifier, challenges))).toBe(
    'd567ef21043843768d87d17d71b503accb0567d163620ee56c0df435e127f77a',
  );
});

test.each(VECTORS)('$method: a proof with any bit changed is refused', async ({ method }) => {
  const verifier = await deriveVerifier(method, 'manager', salt, 15_000);
  const proof = await makeClientProof('manager', verifier, challenges);
  for (let bit = 0; bit < 256; bit++) {
    const changed = Uint8Array.from(proof);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifyClientProof(verifier, challenges, changed)).toBe(false);
  }
  expect(verifyClientProof(verifier, challenges, proof.subarray(0, 31))).toBe(false);
});
