import { type ColumnFact, type ColumnLookup, UNKNOWN_COLUMN } from './column-fact.ts';
import { expressionFact } from './plan-expressions.ts';
import { PlanNode } from './plan-node.ts';

/**
 * DuckDB knows VARCHAR where HANA knows NVARCHAR(20), ALPHANUM(10) and NCLOB, so a result column's HANA
 * type is traced through DuckDB's bound plan to the table column or expression it comes from.
 */
export interface PlanFacts {
  readonly columns: readonly ColumnFact[];
  /** Tables the statement reads, views resolved. */
  readonly tables: readonly { readonly schemaName: string; readonly tableName: string }[];
}

/** @param plan text that json_serialize_plan gave; undefined when it reports an error. */
export function planFacts(plan: string, lookup: ColumnLookup): PlanFacts | undefined {
  const root = new PlanNode(JSON.parse(plan));
  const [first] = root.list('plans');
  if (root.has('error') || first === undefined) return undefined;
  const walk = new PlanWalk(lookup);
  const columns = walk.columnsOf(first);
  return { columns, tables: [...walk.tables.values()] };
}

type Operator = (node: PlanNode, walk: PlanWalk) => readonly ColumnFact[];

const passThrough: Operator = (node, walk) => walk.columnsOfChild(node, 0);

const projected: Operator = (node, walk) => {
  const columns = walk.columnsOfChild(node, 0);
  const kept = node.numbers('projection_map');
  return kept.length === 0 ? columns : kept.map((index) => columns[index] ?? UNKNOWN_COLUMN);
};

const nullableAll = (columns: readonly ColumnFact[]): readonly ColumnFact[] =>
  columns.map((column) => ({ ...column, nullable: true }));

const join: Operator = (node, walk) => {
  const kind = node.text('join_type');
  const pick = (columns: readonly ColumnFact[], map: string): readonly ColumnFact[] => {
    const kept = node.numbers(map);
    return kept.length === 0 ? columns : kept.map((index) => columns[index] ?? UNKNOWN_COLUMN);
  };
  const left = pick(walk.columnsOfChild(node, 0), 'left_projection_map');
  const right = pick(walk.columnsOfChild(node, 1), 'right_projection_map');
  if (kind === 'SEMI' || kind === 'ANTI') return left;
  if (kind === 'RIGHT_SEMI' || kind === 'RIGHT_ANTI') return right;
  if (kind === 'MARK') return [...left, UNKNOWN_COLUMN];
  const leftKept = kind === 'RIGHT' || kind === 'OUTER' ? nullableAll(left) : left;
  return [...leftKept, ...(kind === 'INNER' || kind === 'RIGHT' ? right : nullableAll(right))];
};

const setOperation: Operator = (node, walk) => {
  const [first, ...others] = node.list('children').map((child) => walk.columnsOf(child));
  return (first ?? []).map((column, index) => {
    const same = others.map((columns) => columns[index] ?? UNKNOWN_COLUMN);
    return {
      type: same.reduce<ColumnFact['type']>(
        (type, other) => widerType(type, other.type),
        column.type,
      ),
      nullable: column.nullable || same.some((other) => other.nullable),
      origin: undefined,
    };
  });
};

/** The type both branches of a set operation have, the longer of two lengths; otherwise unknown. */
function widerType(left: ColumnFact['type'], right: ColumnFact['type']): ColumnFact['type'] {
  if (left === undefined || right === undefined) return undefined;
  if (left.name !== right.name || left.scale !== right.scale) return undefined;
  return left.length >= right.length ? left : right;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  LOGICAL_GET: (node, walk) => walk.scan(node),
  LOGICAL_PROJECTION: (node, walk) => {
    const input = walk.columnsOfChild(node, 0);
    return node.list('expressions').map((expression) => expressionFact(expression, input));
  },
  LOGICAL_AGGREGATE_AND_GROUP_BY: (node, walk) => {
    const input = walk.columnsOfChild(node, 0);
    const computed = [...node.list('groups'), ...node.list('expressions')];
    return computed.map((expression) => expressionFact(expression, input));
  },
  LOGICAL_WINDOW: (node, walk) => {
    const input = walk.columnsOfChild(node, 0);
    const computed = node.list('expressions').map((item) => expressionFact(item, input));
    return [...input, ...computed];
  },
  LOGICAL_UNNEST: (node, walk) => [
    ...walk.columnsOfChild(node, 0),
    ...node.list('expressions').map(() => UNKNOWN_COLUMN),
  ],
  LOGICAL_FILTER: projected,
  LOGICAL_ORDER_BY: projected,
  LOGICAL_LIMIT: passThrough,
  LOGICAL_TOP_N: passThrough,
  LOGICAL_DISTINCT: passThrough,
  LOGICAL_SAMPLE: passThrough,
  LOGICAL_CROSS_PRODUCT: (node, walk) => [
    ...walk.columnsOfChild(node, 0),
    ...walk.columnsOfChild(node, 1),
  ],
  LOGICAL_COMPARISON_JOIN: join,
  LOGICAL_ANY_JOIN: join,
  LOGICAL_ASOF_JOIN: join,
  LOGICAL_DELIM_JOIN: join,
  LOGICAL_UNION: setOperation,
  LOGICAL_EXCEPT: setOperation,
  LOGICAL_INTERSECT: setOperation,
  LOGICAL_MATERIALIZED_CTE: (node, walk) => {
    walk.commonTables.set(node.number('table_index') ?? -1, walk.columnsOfChild(node, 0));
    return walk.columnsOfChild(node, 1);
  },
  LOGICAL_RECURSIVE_CTE: (node, walk) => {
    const anchor = nullableAll(walk.columnsOfChild(node, 0));
    walk.commonTables.set(node.number('table_index') ?? -1, anchor);
    walk.columnsOfChild(node, 1);
    return anchor;
  },
  LOGICAL_CTE_REF: (node, walk) =>
    walk.commonTables.get(node.number('cte_index') ?? -1) ??
    node.list('chunk_types').map(() => UNKNOWN_COLUMN),
  LOGICAL_EXPRESSION_GET: (node) => {
    const rows = node.rows('expressions').map((row) => row.map((item) => expressionFact(item, [])));
    const [first = [], ...others] = rows;
    return first.map((column, index) => ({
      type: others.reduce<ColumnFact['type']>(
        (type, row) => widerType(type, row[index]?.type),
        column.type,
      ),
      nullable: true,
      origin: undefined,
    }));
  },
  LOGICAL_DELIM_GET: (node) => node.list('chunk_types').map(() => UNKNOWN_COLUMN),
  LOGICAL_CHUNK_GET: (node) => node.list('chunk_types').map(() => UNKNOWN_COLUMN),
  LOGICAL_DUMMY_SCAN: () => [UNKNOWN_COLUMN],
};

class PlanWalk {
  readonly commonTables = new Map<number, readonly ColumnFact[]>();
  readonly tables = new Map<string, { schemaName: string; tableName: string }>();
  readonly #lookup: ColumnLookup;

  constructor(lookup: ColumnLookup) {
    this.#lookup = lookup;
  }

  /** Columns a plan node puts out; all unknown behind a node that is not in the table. */
  columnsOf(node: PlanNode): readonly ColumnFact[] {
    const operator = OPERATORS[node.text('type')];
    if (operator !== undefined) return operator(node, this);
    for (const child of node.list('children')) this.columnsOf(child);
    return [];
  }

  columnsOfChild(node: PlanNode, index: number): readonly ColumnFact[] {
    const child = node.list('children')[index];
    return child === undefined ? [] : this.columnsOf(child);
  }

  scan(node: PlanNode): readonly ColumnFact[] {
    const source = node.child('function_data');
    const schemaName = source.text('schema');
    const tableName = source.text('table');
    if (tableName !== '') {
      this.tables.set(`${schemaName}.${tableName}`, { schemaName, tableName });
    }
    const names = node.texts('names');
    const columns = node.list('column_indexes').map((column): ColumnFact => {
      const columnName = names[column.number('index') ?? -1];
      if (columnName === undefined || tableName === '') return UNKNOWN_COLUMN;
      return this.#lookup({ schemaName, tableName, columnName }) ?? UNKNOWN_COLUMN;
    });
    const kept = node.numbers('projection_ids');
    return kept.length === 0 ? columns : kept.map((index) => columns[index] ?? UNKNOWN_COLUMN);
  }
}
