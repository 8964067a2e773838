import { createHash } from 'node:crypto';
import type { ArrowSchema } from '../../arrow/types.ts';
import { oncePerObject } from '../../core/once-per-object.ts';

/**
 * A short text that differs whenever names, types or nullability of a schema differ. Metadata is left
 * out: HANA may describe a statement's origin more fully when it executes it than when it prepares it.
 */
export const schemaFingerprint = oncePerObject((schema: ArrowSchema): string => {
  const columns = schema.fields.map(({ name, type, nullable }) => [name, type, nullable]);
  const digest = createHash('sha256').update(JSON.stringify(columns)).digest('base64url');
  return digest.slice(0, 22);
});
