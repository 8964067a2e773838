import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { EncodedRows, OpenLob } from '../hana-connection.ts';
import type { ParameterMetadata } from '../wire/metadata.ts';
import type { Conversion } from './conversion.ts';
import { conversionOf } from './conversions.ts';
import type { LobBytes, ParameterColumn, RowTarget } from './parameter-column.ts';
import { ParameterPlace, RowPlace } from './parameter-place.ts';
import { type ParameterTarget, targetOf } from './parameter-target.ts';
import { sourceColumns } from './source-column.ts';

/** How much goes into one part. */
export interface EncodeLimits {
  /** Of the part's data. A row that is longer by itself is sent alone; its LOBs are cut to fit. */
  readonly maxBytes: number;
  readonly maxRows: number;
  /** Number of the first row to encode, for errors: from 1 over all batches. Absent: within the batch. */
  readonly firstRow?: number;
}

/** Writes the columns of record batches as rows of PARAMETERS parts. */
export interface ParameterEncoder {
  /**
   * Encodes rows from `fromRow` on: at least one, then as many as fit.
   * @throws HanaFlightError `invalid-argument` for a value that does not fit its parameter, naming row,
   * column and both types.
   */
  encode(batch: ArrowBatch, fromRow: number, limits: EncodeLimits): EncodedRows;
}

/**
 * The encoder for batches of a schema: the columns go into the IN and INOUT parameters in order.
 * @throws HanaFlightError `invalid-argument` when their counts differ or an Arrow type cannot go into a
 * parameter, `unimplemented` for a parameter of an unknown type.
 */
export function parameterEncoder(
  parameters: readonly ParameterMetadata[],
  schema: ArrowSchema,
): ParameterEncoder {
  const inputs = parameters.filter(({ mode }) => mode !== 'out');
  if (inputs.length !== schema.fields.length) {
    throw new HanaFlightError(
      'invalid-argument',
      `expected a column for each of ${inputs.length} parameters, got ${schema.fields.length} columns`,
    );
  }
  const plans = schema.fields.map((field, index) => planOf(field, inputs[index], index));
  return new ColumnEncoder(schema, plans);
}

/** One column of every batch. */
interface ColumnPlan {
  readonly parameter: ParameterMetadata;
  readonly target: ParameterTarget;
  readonly convert: Conversion;
  readonly place: ParameterPlace;
}

function planOf(
  field: ArrowSchema['fields'][number],
  parameter: ParameterMetadata | undefined,
  index: number,
): ColumnPlan {
  if (parameter === undefined) throw new HanaFlightError('internal', `no parameter ${index + 1}`);
  const target = targetOf(parameter);
  const place = new ParameterPlace(field, parameter, index);
  const convert = conversionOf(field.type, target.family);
  if (convert === undefined) throw place.incompatible();
  return { parameter, target, convert, place };
}

/** The columns of the batch in hand. */
interface BoundBatch {
  readonly batch: ArrowBatch;
  /** Number of the batch's first row, for errors. */
  readonly firstRow: number;
  readonly columns: readonly ParameterColumn[];
  readonly lobs: readonly LobBytes[];
  /** Bytes that each row takes in columns of one width. */
  readonly fixedBytes: number;
  /** Columns that tell the size of each row. */
  readonly measured: readonly ParameterColumn[];
}

/** Rows of so many are written column by column, while their bytes are in the processor's cache. */
const CHUNK_ROWS = 512;

class ColumnEncoder implements ParameterEncoder {
  readonly #schema: ArrowSchema;
  readonly #plans: readonly ColumnPlan[];
  #bound: BoundBatch | undefined;

  constructor(schema: ArrowSchema, plans: readonly ColumnPlan[]) {
    this.#schema = schema;
    this.#plans = plans;
  }

  encode(batch: ArrowBatch, fromRow: number, limits: EncodeLimits): EncodedRows {
    const rows = Math.min(limits.maxRows, batch.rowCount - fromRow);
    if (!(fromRow >= 0 && rows >= 1)) {
      throw new HanaFlightError(
        'internal',
        `expected a row of ${batch.rowCount} to encode and ${limits.maxRows} rows or fewer, got row ${fromRow}`,
      );
    }
    const bound = this.#bind(batch, (limits.firstRow ?? fromRow + 1) - fromRow);
    const starts = rowStarts(bound, { fromRow, rows, maxBytes: limits.maxBytes });
    if (starts.length > 1) return encodeWhole(bound, fromRow, starts);
    return encodeAlone(bound, fromRow, limits.maxBytes);
  }

  /** Kept until another batch comes: a batch is encoded piece by piece. */
  #bind(batch: ArrowBatch, firstRow: number): BoundBatch {
    if (this.#bound?.batch === batch && this.#bound.firstRow === firstRow) return this.#bound;
    const sources = sourceColumns(this.#schema, batch);
    const columns = sources.map((source, index) => {
      const plan = this.#plans[index];
      if (plan === undefined) throw new HanaFlightError('internal', `no plan for column ${index}`);
      return plan.convert({ ...plan, source, place: new RowPlace(plan.place, firstRow) });
    });
    this.#bound = {
      batch,
      firstRow,
      columns,
      lobs: columns.flatMap(({ lob }) => lob ?? []),
      fixedBytes: columns.reduce((sum, { rowBytes }) => sum + (rowBytes ?? 0), 0),
      measured: columns.filter(({ rowBytes }) => rowBytes === undefined),
    };
    return this.#bound;
  }
}

interface RowRange {
  readonly fromRow: number;
  readonly rows: number;
  readonly maxBytes: number;
}

/** Where each row that fits begins, and at last where they end. */
function rowStarts(bound: BoundBatch, { fromRow, rows, maxBytes }: RowRange): Int32Array {
  const starts = new Int32Array(rows + 1);
  let end = 0;
  for (let done = 0; done < rows; done += CHUNK_ROWS) {
    const sizes = rowSizes(bound, fromRow + done, Math.min(CHUNK_ROWS, rows - done));
    for (let index = 0; index < sizes.length; index++) {
      end += sizes[index] ?? 0;
      if (end > maxBytes) return starts.subarray(0, done + index + 1);
      starts[done + index + 1] = end;
    }
  }
  return starts;
}

function rowSizes({ fixedBytes, measured }: BoundBatch, fromRow: number, rows: number): Int32Array {
  const sizes = new Int32Array(rows).fill(fixedBytes);
  for (const column of measured) column.addSizes(fromRow, sizes);
  return sizes;
}

/** Rows with all of their bytes. */
function encodeWhole(bound: BoundBatch, fromRow: number, starts: Int32Array): EncodedRows {
  const rowCount = starts.length - 1;
  const bytes = new Uint8Array(starts[rowCount] ?? 0);
  const view = new DataView(bytes.buffer);
  for (let done = 0; done < rowCount; done += CHUNK_ROWS) {
    const chunk = starts.subarray(done, Math.min(done + CHUNK_ROWS, rowCount));
    const target = { bytes, view, starts: chunk, positions: chunk.slice() };
    for (const column of bound.columns) column.write(fromRow + done, target);
    for (const lob of bound.lobs) lob.write(fromRow + done, target);
  }
  return { rowCount, bytes, openLobs: [] };
}

/** One row that is longer than a part may be: its LOBs are begun, in order, as far as there is room. */
function encodeAlone(bound: BoundBatch, row: number, maxBytes: number): EncodedRows {
  const [size = 0] = rowSizes(bound, row, 1);
  const lobBytes = bound.lobs.reduce((sum, lob) => sum + lob.length(row), 0);
  const bytes = new Uint8Array(Math.max(size - lobBytes, Math.min(size, maxBytes)));
  const target: RowTarget = {
    bytes,
    view: new DataView(bytes.buffer),
    starts: new Int32Array(1),
    positions: new Int32Array(1),
  };
  for (const column of bound.columns) column.write(row, target);
  const openLobs: OpenLob[] = [];
  for (const lob of bound.lobs) {
    const room = openLobs.length > 0 ? 0 : bytes.length - (target.positions[0] ?? 0);
    const open = lob.begin(row, target, room);
    if (open !== undefined) openLobs.push(open);
  }
  return { rowCount: 1, bytes: bytes.subarray(0, target.positions[0]), openLobs };
}
