import type { TableFacts } from './facts.ts';
import type { Key } from './keys/key.ts';
import type { Edit } from './sql/query.ts';

/** In which order the endpoints must bring the rows. */
export interface RangeOrder {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A query and a key by which its rows could be divided: what a strategy starts from. */
export interface Division {
  /** Empty when no column is fit: only parts divide then. */
  readonly key: Key;
  /** Where the key comes from, so that its values can be asked for; undefined when HANA does not say. */
  readonly table: TableFacts | undefined;
  /** True when the rows are those of {@link table}, not of a join or of a wrapped query. */
  readonly sole: boolean;
  /** True when each row of the table is a row of the result, as far as the filter lets it through. */
  readonly plainRows: boolean;
  /** The rows of a group are in one endpoint, for all of which there is a GROUP BY or DISTINCT. */
  readonly grouped: boolean;
  /** The query's own WHERE condition, where it can be asked of the table alone. */
  readonly filter: { readonly where: string; readonly qualifier: string } | undefined;
  readonly order: RangeOrder | undefined;
  /** Set with consistency `as-of`: parts are those of the present. */
  readonly asOf: string | undefined;
  /** The caller named the key. */
  readonly named: boolean;
  /** Lower bounds that the caller gave. */
  readonly bounds: readonly string[] | undefined;
  /** How many endpoints for so many rows; 1 when it is not worth it. */
  readonly endpointsFor: (rows: number | undefined) => number;
  /** SQL text of an endpoint. */
  readonly render: (edit: Edit) => string;
}

/** For messages: `SALES.ITEMS`. */
export function tableName({ schema, name }: Pick<TableFacts, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

/** For messages: 1234567 as `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}
