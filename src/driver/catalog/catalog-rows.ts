import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema, ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { DEFAULT_BATCH_OPTIONS } from '../columnar/batch-stream.ts';
import type { BoundQuery } from '../dialect/catalog-statements.ts';
import type { EncodedRows, HanaConnection, HanaStatement } from '../hana-connection.ts';
import { encodeParameters } from '../wire/parts/parameters.ts';

/** Kinds of columns of catalog views; those with a question mark may be NULL. */
type ColumnKind = 'text' | 'text?' | 'integer' | 'integer?';

/** Columns that a query must answer with, by name. */
export type RowShape = Readonly<Record<string, ColumnKind>>;

interface ValueOf {
  readonly text: string;
  readonly 'text?': string | undefined;
  readonly integer: number;
  readonly 'integer?': number | undefined;
}

/** A row with the columns of a shape. */
export type RowOf<S extends RowShape> = { readonly [C in keyof S]: ValueOf[S[C]] };

/**
 * Executes a query on the catalog and hands over its rows as they come. However the loop ends, it leaves
 * neither a cursor nor a statement behind.
 * @throws HanaFlightError `malformed-packet` when a column is missing or has another type, or is NULL where
 * the shape knows none; else what HANA says.
 */
export async function* readRows<S extends RowShape>(
  connection: HanaConnection,
  query: BoundQuery,
  shape: S,
): AsyncGenerator<RowOf<S>, void, undefined> {
  const statement = await connection.prepare(query.sql);
  try {
    const { columns, batches } = await openResult(statement, query, shape);
    for await (const batch of batches) {
      const readers = columns.map((column) => [column.name, readerOf(batch, column)] as const);
      for (let row = 0; row < batch.rowCount; row += 1) {
        // Column by column what the shape says.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        yield Object.fromEntries(readers.map(([name, read]) => [name, read(row)])) as RowOf<S>;
      }
    }
  } finally {
    statement.drop();
  }
}

/**
 * The rows of a query without parameters whose columns C1, C2, … hold text.
 * @throws as {@link readRows}.
 */
export async function readTextRows(
  connection: HanaConnection,
  sql: string,
  columns: number,
): Promise<readonly (readonly (string | undefined)[])[]> {
  const names = Array.from({ length: columns }, (_, index) => `C${index + 1}`);
  const shape = Object.fromEntries(names.map((name) => [name, 'text?' as const]));
  const rows: (string | undefined)[][] = [];
  for await (const row of readRows(connection, { sql, parameters: [] }, shape)) {
    rows.push(names.map((name) => row[name]));
  }
  return rows;
}

interface CatalogResult {
  readonly columns: readonly CatalogColumn[];
  readonly batches: AsyncIterable<ArrowBatch>;
}

async function openResult(
  statement: HanaStatement,
  { sql, parameters }: BoundQuery,
  shape: RowShape,
): Promise<CatalogResult> {
  const outcome = await statement.execute(encodedRow(statement, parameters));
  if (outcome.kind !== 'rows') {
    throw new HanaFlightError('malformed-packet', `expected rows, HANA sent a count: ${sql}`);
  }
  try {
    const { schema, batches } = outcome.cursor.batches(DEFAULT_BATCH_OPTIONS);
    return { columns: columnsOf(schema, shape), batches };
  } catch (cause) {
    // Batches that nobody begins to read close nothing.
    await outcome.cursor.close();
    throw cause;
  }
}

function encodedRow(
  { parameters }: HanaStatement,
  values: readonly string[],
): EncodedRows | undefined {
  if (values.length === 0) return undefined;
  const { data } = encodeParameters([values], parameters);
  return { rowCount: 1, bytes: data, openLobs: [] };
}

interface CatalogColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly type: ArrowType;
  /** Where its node stands in a batch. */
  readonly node: number;
  /** Where its first buffer, the validity bitmap, stands. */
  readonly buffer: number;
}

/** Where the columns of a shape stand in the batches. Queries on the catalog select only text and integers. */
function columnsOf(schema: ArrowSchema, shape: RowShape): readonly CatalogColumn[] {
  const places = new Map<string, Omit<CatalogColumn, 'kind'>>();
  let buffer = 0;
  for (const [node, { name, type }] of schema.fields.entries()) {
    places.set(name, { name, type, node, buffer });
    buffer += type.kind === 'utf8' ? 3 : 2;
  }
  return Object.entries(shape).map(([name, kind]) => {
    const place = places.get(name);
    const found = place?.type.kind === 'utf8' ? 'text' : place?.type.kind === 'int' && 'integer';
    if (place === undefined || found !== kind.replace('?', '')) {
      throw new HanaFlightError(
        'malformed-packet',
        `HANA's catalog: expected the column ${name} as ${kind}, got ${place?.type.kind ?? 'none'}`,
      );
    }
    return { ...place, kind };
  });
}

type CellReader = (row: number) => string | number | undefined;

function readerOf(batch: ArrowBatch, column: CatalogColumn): CellReader {
  const [validity, first, second] = batch.buffers
    .slice(column.buffer, column.buffer + 3)
    .map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const nullCount = batch.nodes[column.node]?.nullCount ?? 0;
  const isNull: (row: number) => boolean =
    nullCount === 0 ? () => false : (row) => (((validity?.[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
  const read = valueReader(column.type, first ?? Buffer.alloc(0), second ?? Buffer.alloc(0));
  return (row) => {
    if (!isNull(row)) return read(row);
    if (column.kind.endsWith('?')) return undefined;
    throw new HanaFlightError(
      'malformed-packet',
      `HANA's catalog: expected a value in column ${column.name}, got NULL`,
    );
  };
}

/** Reads a cell that is not NULL: from the values, or from the offsets and the bytes of text. */
function valueReader(
  type: ArrowType,
  first: Buffer,
  text: Buffer,
): (row: number) => string | number {
  if (type.kind === 'utf8') {
    return (row) =>
      text.toString('utf8', first.readInt32LE(4 * row), first.readInt32LE(4 * row + 4));
  }
  const bits = type.kind === 'int' ? type.bits : 32;
  if (bits === 16) return (row) => first.readInt16LE(2 * row);
  if (bits === 64) return (row) => Number(first.readBigInt64LE(8 * row));
  return (row) => first.readInt32LE(4 * row);
}
