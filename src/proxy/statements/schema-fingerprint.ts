import { createHash } from 'node:crypto';
import type { ArrowSchema } from '../../arrow/types.ts';

const fingerprints = new WeakMap<ArrowSchema, string>();

/**
 * A short text that differs whenever names, types or nullability of a schema differ. Metadata is left
 * out: HANA may describe a statement's origin more fully when it executes it than when it prepares it.
 */
export function schemaFingerprint(schema: ArrowSchema): string {
  const known = fingerprints.get(schema);
  if (known !== undefined) return known;
  const columns = schema.fields.map(({ name, type, nullable }) => [name, type, nullable]);
  const digest = createHash('sha256').update(JSON.stringify(columns)).digest('base64url');
  const fingerprint = digest.slice(0, 22);
  fingerprints.set(schema, fingerprint);
  return fingerprint;
}
