import { BatchReader } from '../../arrow/batch-reader.ts';
import { encodeBatch } from '../../arrow/ipc-batch.ts';
import { encodeSchemaHeader } from '../../arrow/ipc-schema.ts';
import type { ParameterRows } from './bound-parameters.ts';

/** Arrow IPC messages in base64: the schema's header, then header and body of each batch. */
export type ParameterText = readonly string[];

/** Parameter rows as text, for a ticket. */
export function parameterText({ schema, batches }: ParameterRows): ParameterText {
  const text = [toBase64(encodeSchemaHeader(schema))];
  for (const batch of batches) {
    const { header, body } = encodeBatch(batch);
    const bytes = new Uint8Array(body.byteLength);
    body.writeTo(bytes, 0);
    text.push(toBase64(header), toBase64(bytes));
  }
  return text;
}

/** The way back. */
export function parameterRows([schema = '', ...messages]: ParameterText): ParameterRows {
  const reader = new BatchReader(fromBase64(schema));
  const batches = [];
  for (let at = 0; at + 1 < messages.length; at += 2) {
    const batch = reader.read(fromBase64(messages[at]), fromBase64(messages[at + 1]));
    if (batch !== undefined) batches.push(batch);
  }
  return { schema: reader.schema, batches };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function fromBase64(text = ''): Buffer {
  return Buffer.from(text, 'base64');
}
