import type { ArrowBatch } from '../../arrow/batch.ts';
import {
  type ArrowColumn,
  boolColumn,
  denseUnionColumn,
  int32Column,
  int64Column,
  listColumn,
  makeBatch,
  structColumn,
  type UnionSlot,
  uint32Column,
  utf8Column,
} from '../../arrow/columns.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { SqlInfoValue } from '../producer.ts';
import { answersAll, sqlInfoById } from './sql-info.ts';

/**
 * The rows of GetSqlInfo in the order of their ids: those asked for, or all that any client knows when
 * `requested` is empty. An id without a value has no row; that is how the specification says "unknown".
 * @throws HanaFlightError `internal` for a value of another kind than its id demands: clients cast
 * without looking, and the Go driver does not survive it.
 */
export function sqlInfoBatch(
  values: ReadonlyMap<number, SqlInfoValue>,
  requested: readonly number[],
): ArrowBatch {
  const wanted = requested.length === 0 ? undefined : new Set(requested);
  const rows = [...values]
    .filter(([id]) => (wanted === undefined ? answersAll(id) : wanted.has(id)))
    .toSorted(([left], [right]) => left - right);
  for (const [id, value] of rows) requireKind(id, value);
  return makeBatch(rows.length, [
    uint32Column(rows.map(([id]) => id)),
    valueColumn(rows.map(([, value]) => value)),
  ]);
}

function requireKind(id: number, value: SqlInfoValue): void {
  const row = sqlInfoById(id);
  if (row === undefined || row.kind === value.kind) return;
  throw new HanaFlightError(
    'internal',
    `SqlInfo ${row.name} (${id}): expected a value of kind ${row.kind}, got ${value.kind}`,
  );
}

type Kind = SqlInfoValue['kind'];
type ValueOf<K extends Kind> = Extract<SqlInfoValue, { kind: K }>['value'];

/** Type ids of the union's members: their positions in SQL_INFO_SCHEMA. */
const TYPE_ID = {
  string: 0,
  bool: 1,
  bigint: 2,
  int32: 3,
  'string-list': 4,
  'int32-map': 5,
} as const satisfies Record<Kind, number>;

function valueColumn(values: readonly SqlInfoValue[]): ArrowColumn {
  return denseUnionColumn(slotsOf(values), [
    utf8Column(valuesOf(values, 'string')),
    boolColumn(valuesOf(values, 'bool')),
    int64Column(valuesOf(values, 'bigint')),
    int32Column(valuesOf(values, 'int32')),
    listColumn(valuesOf(values, 'string-list'), utf8Column),
    // A map is laid out as a list of entries.
    listColumn(
      valuesOf(values, 'int32-map').map((map) => [...map]),
      entriesColumn,
    ),
  ]);
}

/** Each row's place in the array of its member: how many of its kind came before. */
function slotsOf(values: readonly SqlInfoValue[]): readonly UnionSlot[] {
  const counts = new Map<Kind, number>();
  return values.map(({ kind }) => {
    const offset = counts.get(kind) ?? 0;
    counts.set(kind, offset + 1);
    return { typeId: TYPE_ID[kind], offset };
  });
}

function valuesOf<K extends Kind>(values: readonly SqlInfoValue[], kind: K): ValueOf<K>[] {
  const ofKind = values.filter((value) => value.kind === kind);
  // Narrowed by the filter, which TypeScript cannot carry through a type parameter.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return ofKind.map(({ value }) => value as ValueOf<K>);
}

function entriesColumn(entries: readonly (readonly [number, readonly number[]])[]): ArrowColumn {
  return structColumn(entries.length, [
    int32Column(entries.map(([key]) => key)),
    listColumn(
      entries.map(([, list]) => list),
      int32Column,
    ),
  ]);
}
