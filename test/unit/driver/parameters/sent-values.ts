import type { ArrowType } from '../../../../src/arrow/types.ts';
import { parameterEncoder } from '../../../../src/driver/parameters/parameter-encoder.ts';
import { makePart } from '../../../../src/driver/wire/message.ts';
import type { ParameterMetadata } from '../../../../src/driver/wire/metadata.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import {
  decodeParameters,
  isLob,
  type ParameterValue,
} from '../../../../src/driver/wire/parts/parameters.ts';
import { type RawValue, rawBatchOf } from '../../../support/raw-columns.ts';

export const NO_LIMITS = { maxBytes: 1e6, maxRows: 1000 };

/** Rows of one column as the server reads them. */
export function sent(type: ArrowType, target: ParameterMetadata, values: readonly RawValue[]) {
  const { schema, batch } = rawBatchOf(['C', type, values]);
  const { bytes: data, rowCount } = parameterEncoder([target], schema).encode(batch, 0, NO_LIMITS);
  const rows = decodeParameters(makePart(PartKind.PARAMETERS, rowCount, data), [target]);
  return rows.map(([value]) => plain(value));
}

function plain(value: ParameterValue | undefined): unknown {
  if (value === undefined || value === null) return value;
  if (typeof value === 'object' && isLob(value)) {
    const buffer = Buffer.from(value.data);
    return value.character ? `lob ${buffer.toString('utf8')}` : `lob ${buffer.toString('hex')}`;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value instanceof Float32Array ? [...value] : value;
}
