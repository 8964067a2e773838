import { arrow } from './arrow.ts';
import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { parquet } from './parquet.ts';
import { table } from './table.ts';

/** The values of `--format`. */
export const FORMATS = { table, csv, json, arrow, parquet } as const satisfies Record<
  string,
  Format
>;
