import type {
  ColumnReference,
  ConditionSplit,
  Query,
  SortKey,
  TableReference,
} from '../../src/planner/sql/query.ts';

/**
 * Reads the few shapes of queries that the tests of the planner divide: `SELECT … FROM` a table or joined
 * tables, WHERE, GROUP BY and ORDER BY of plain columns, all words in capitals; `WITH … SELECT * FROM name`.
 */
export function readQuery(sql: string): Query {
  const { body = '', order } =
    /^(?<body>.*?)(?: ORDER BY (?<order>[^()]*))?$/s.exec(sql)?.groups ?? {};
  const base = { text: sql, hint: new Map<string, string>(), markers: 0, obstacle: undefined };
  const keys = order?.split(', ').map(sortKey);
  const tail = order === undefined ? '' : ` ORDER BY ${order}`;
  const [, list = '', outer = ''] = /^(WITH .*\) )(SELECT \* FROM \w+)$/s.exec(body) ?? [];
  const noCondition = {
    rule: 'no-table',
    reason: 'no table or view is named in its outermost FROM',
  };
  return {
    ...base,
    condition: list === '' ? conditionOf(body, tail) : noCondition,
    wrap: {
      apply: (condition) =>
        `${list}SELECT * FROM (${outer || body}) AS "q" WHERE ${condition}${tail}`,
      column: (output) => `"q"."${output}"`,
    },
    wrapCostly: undefined,
    order: keys,
  };
}

function sortKey(text: string): SortKey {
  const [, reference = '', direction, nulls] =
    /^(\S+)(?: (ASC|DESC))?(?: NULLS (FIRST|LAST))?$/.exec(text.trim()) ?? [];
  const descending = direction === 'DESC';
  const nullsFirst = nulls === undefined ? !descending : nulls === 'FIRST';
  const column = columnReference(reference);
  return { ...column, output: column.column, descending, nullsFirst };
}

function columnReference(text: string): ColumnReference {
  const names = text.replaceAll('"', '').split('.');
  return { table: names.length > 1 ? names[0] : undefined, column: names.at(-1) ?? '' };
}

function conditionOf(body: string, tail: string): ConditionSplit {
  const shape =
    /^SELECT (?<distinct>DISTINCT )?(?<list>.*?) FROM (?<from>.*?)(?: WHERE (?<where>.*?))?(?: GROUP BY (?<group>.*))?$/s;
  const { distinct, list = '', from = '', where, group } = shape.exec(body)?.groups ?? {};
  const tables = from.split(/ (?:LEFT )?JOIN /).map(tableReference);
  const sole = tables.length === 1;
  const grouped = group ?? (distinct === undefined ? undefined : list);
  return {
    tables,
    sole,
    keys: grouped?.split(', ').map(columnReference),
    plainRows: sole && grouped === undefined,
    where,
    hasWhere: where !== undefined,
    fixed: [...(where ?? '').matchAll(/(\S+) = \S+/g)].map(([, name = '']) =>
      columnReference(name),
    ),
    apply: ({ condition, parts, asOf }) => {
      const restricted = from.replace(/^\S+/, (name) =>
        [
          name,
          asOf && ` FOR SYSTEM_TIME AS OF ${asOf}`,
          parts && ` PARTITION (${parts.join(', ')})`,
        ]
          .filter((text) => text !== undefined)
          .join(''),
      );
      const all = where === undefined ? condition : `(${where}) AND (${condition ?? '1 = 1'})`;
      const filter = all === undefined ? '' : ` WHERE ${all}`;
      const groups = group === undefined ? '' : ` GROUP BY ${group}`;
      return `SELECT ${distinct ?? ''}${list} FROM ${restricted}${filter}${groups}${tail}`;
    },
    column: ({ qualifier }, column) => `${qualifier}."${column}"`,
  };
}

function tableReference(text: string): TableReference {
  const [, path = '', alias] = /^(\S+)(?: AS (\w+))?/.exec(text) ?? [];
  const [name = '', schema] = path.replaceAll('"', '').split('.').toReversed();
  return { schema, name, qualifier: `"${alias ?? name}"` };
}
