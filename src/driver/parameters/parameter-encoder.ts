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
import { RowMemory } from './row-memory.ts';
import { sourceColumns } from './source-column.ts';

/** How much goes into one part. */
export interface EncodeLimits {
  /** Of the part's data. A row that is longer by itself is sent alone; its LOBs are cut to fit. */
  readonly maxBytes: number;
  readonly maxRows: number;
  /** Number of the first row to encode, for errors: from 1 over all batches. Absent: within the batch. */
  readonly firstRow?: number;
  /** Where the rows go, behind what is there already. Absent: memory of their own. */
  readonly memory?: RowMemory;
}

/** Writes the columns of record batches as rows of PARAMETERS parts. */
export interface ParameterEncoder {
  /**
   * Encodes rows from `fromRow` on: at least one, then as many as fit. In a memory that was given their bytes
   * are a view, good until it grows.
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
  readonly #chunk = new ChunkLayout();
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
    const { maxBytes, memory = new RowMemory() } = limits;
    const bound = this.#bind(batch, (limits.firstRow ?? fromRow + 1) - fromRow);
    const start = memory.length;
    let rowCount = 0;
    while (rowCount < rows) {
      const chunk = Math.min(CHUNK_ROWS, rows - rowCount);
      const room = maxBytes - (memory.length - start);
      const fitting = this.#chunk.measure(bound, {
        fromRow: fromRow + rowCount,
        rows: chunk,
        room,
      });
      this.#chunk.write(bound, fromRow + rowCount, memory);
      rowCount += fitting;
      if (fitting < chunk) break;
    }
    if (rowCount === 0) return encodeAlone(bound, fromRow, maxBytes, memory);
    return { rowCount, bytes: memory.bytes.subarray(start, memory.length), openLobs: [] };
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

interface MeasuredRange {
  readonly fromRow: number;
  /** {@link CHUNK_ROWS} or fewer. */
  readonly rows: number;
  /** Bytes that they may take. */
  readonly room: number;
}

/** Where the rows of a chunk lie; used for one chunk after the other. */
class ChunkLayout {
  readonly #sizes = new Int32Array(CHUNK_ROWS);
  readonly #starts = new Int32Array(CHUNK_ROWS);
  readonly #positions = new Int32Array(CHUNK_ROWS);
  #rows = 0;
  #byteCount = 0;

  /** @returns how many of the rows there is room for. */
  measure(bound: BoundBatch, { fromRow, rows, room }: MeasuredRange): number {
    const sizes = this.#sizes.subarray(0, rows);
    const starts = this.#starts;
    measureRows(bound, fromRow, sizes);
    this.#byteCount = 0;
    for (this.#rows = 0; this.#rows < rows; this.#rows++) {
      const end = this.#byteCount + (sizes[this.#rows] ?? 0);
      if (end > room) break;
      starts[this.#rows] = this.#byteCount;
      this.#byteCount = end;
    }
    return this.#rows;
  }

  /** Writes the rows that were measured, all of their bytes. */
  write(bound: BoundBatch, fromRow: number, memory: RowMemory): void {
    const base = memory.length;
    memory.reserve(this.#byteCount);
    const starts = this.#starts.subarray(0, this.#rows);
    const positions = this.#positions.subarray(0, this.#rows);
    for (let row = 0; row < starts.length; row++) {
      const start = base + (starts[row] ?? 0);
      starts[row] = start;
      positions[row] = start;
    }
    const { bytes, view } = memory;
    const target = { bytes, view, starts, positions };
    for (const column of bound.columns) column.write(fromRow, target);
    for (const lob of bound.lobs) lob.write(fromRow, target);
  }
}

function measureRows(
  { fixedBytes, measured }: BoundBatch,
  fromRow: number,
  sizes: Int32Array,
): void {
  sizes.fill(fixedBytes);
  for (const column of measured) column.addSizes(fromRow, sizes);
}

/** One row that is longer than a part may be: its LOBs are begun, in order, as far as there is room. */
function encodeAlone(
  bound: BoundBatch,
  row: number,
  maxBytes: number,
  memory: RowMemory,
): EncodedRows {
  const sizes = new Int32Array(1);
  measureRows(bound, row, sizes);
  const [size = 0] = sizes;
  const lobBytes = bound.lobs.reduce((sum, lob) => sum + lob.length(row), 0);
  const start = memory.length;
  memory.reserve(Math.max(size - lobBytes, Math.min(size, maxBytes)));
  const { bytes, view, length: end } = memory;
  const starts = Int32Array.of(start);
  const target: RowTarget = { bytes, view, starts, positions: starts.slice() };
  for (const column of bound.columns) column.write(row, target);
  const openLobs: OpenLob[] = [];
  for (const lob of bound.lobs) {
    const room = openLobs.length > 0 ? 0 : end - (target.positions[0] ?? 0);
    const open = lob.begin(row, target, room);
    if (open !== undefined) openLobs.push(open);
  }
  memory.cutTo(target.positions[0] ?? 0);
  return { rowCount: 1, bytes: bytes.subarray(start, target.positions[0]), openLobs };
}
