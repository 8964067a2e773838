import { HanaFlightError } from '../../core/errors.ts';
import type { Clauses, SelectBlock } from './clauses.ts';
import type { Expression } from './expressions.ts';
import { fixedColumns } from './fixed-columns.ts';
import { isAggregated, keysOf, mayAggregateOutside } from './grouping.ts';
import type { ConditionSplit, Edit, Obstacle } from './query.ts';
import { type Insertion, splice } from './splice.ts';
import type { NamedTable } from './table-references.ts';
import { isSubquery, quoteIdentifier, type Token } from './token.ts';
import { levelsOf } from './token-tree.ts';

/** What keeps a condition in the outermost SELECT from dividing its rows. */
interface ConditionRule extends Obstacle {
  readonly breaks: (clauses: Clauses, select: SelectBlock) => boolean;
}

/** Checked in this order. */
const CONDITION_RULES: readonly ConditionRule[] = [
  {
    rule: 'set-operation',
    breaks: ({ body }) => body.combined,
    reason: 'it combines several SELECTs, so that no single one takes a condition',
  },
  {
    rule: 'no-table',
    breaks: (_, { from }) => tablesOf(from).length === 0,
    reason: 'no table or view is named in its outermost FROM',
  },
  {
    rule: 'ambiguous-table',
    breaks: (_, { from }) => hasDuplicates(from?.sources.map(({ name }) => name) ?? []),
    reason: 'two tables in FROM go by the same name',
  },
  {
    rule: 'merged-columns',
    breaks: (_, { from }) => from?.mergesColumns === true,
    reason: 'NATURAL JOIN and USING make one column of those of several tables',
  },
  {
    rule: 'grouping-sets',
    breaks: (_, { groupingSets }) => groupingSets,
    reason: 'ROLLUP, CUBE and GROUPING SETS make groups over the rows of several endpoints',
  },
  {
    rule: 'aggregate',
    breaks: isAggregated,
    reason: 'its aggregates are over all rows',
  },
  {
    rule: 'outer-aggregate',
    breaks: mayAggregateOutside,
    reason:
      'a subquery has an aggregate of columns that may be of the outer query: name their tables',
  },
  {
    rule: 'group-key',
    breaks: (_, select) => keysOf(select)?.length === 0,
    reason: 'no plain column keeps the rows of a group together',
  },
];

/** How the rows of a query's outermost SELECT are divided by a condition, or why they are not. */
export function conditionSplit(text: string, clauses: Clauses): ConditionSplit | Obstacle {
  const select = clauses.body.first;
  const broken = CONDITION_RULES.find(({ breaks }) => breaks(clauses, select));
  if (broken !== undefined) return { rule: broken.rule, reason: broken.reason };
  const { from, where } = select;
  const tables = tablesOf(from);
  const sole = from?.sources.length === 1 && tables[0]?.restricted === false;
  const keys = keysOf(select);
  const isGrouped = select.groupBy !== undefined || select.distinct;
  return {
    tables: tables.map(({ reference }) => reference),
    sole,
    keys,
    plainRows: sole && !isGrouped,
    where: where && isMovable(where, clauses) ? text.slice(where.at, where.end) : undefined,
    hasWhere: where !== undefined,
    fixed: fixedColumns(where),
    apply: (edit) =>
      splice(text, [
        ...tableInsertions(sole ? tables[0] : undefined, edit),
        ...conditionInsertions(edit.condition, where, from?.end ?? 0),
      ]),
    column: ({ qualifier }, column) => `${qualifier}.${quoteIdentifier(column)}`,
  };
}

function tablesOf(from: SelectBlock['from']): readonly NamedTable[] {
  return from?.sources.filter((source) => source.kind === 'table') ?? [];
}

function hasDuplicates(names: readonly (string | undefined)[]): boolean {
  const known = names.filter((name) => name !== undefined);
  return new Set(known).size < known.length;
}

/** True when the condition means the same in another query on the same table. */
function isMovable({ tokens }: Expression, { withList }: Clauses): boolean {
  const all: readonly Token[] = [...levelsOf(tokens)].flat();
  const hasMarkers = all.some(({ kind }) => kind === 'marker');
  return !hasMarkers && (withList === undefined || !all.some(isSubquery));
}

function conditionInsertions(
  condition: string | undefined,
  where: Expression | undefined,
  fromEnd: number,
): readonly Insertion[] {
  if (condition === undefined) return [];
  if (where === undefined) return [{ at: fromEnd, text: ` WHERE ${condition}` }];
  return [
    { at: where.at, text: '(' },
    { at: where.end, text: `) AND (${condition})` },
  ];
}

/** HANA wants the moment before the parts, and both before the alias. */
function tableInsertions(
  sole: NamedTable | undefined,
  { asOf, parts }: Edit,
): readonly Insertion[] {
  if (asOf === undefined && parts === undefined) return [];
  if (sole === undefined || parts?.length === 0) {
    throw new HanaFlightError('internal', 'parts and moments are for queries of one sole table');
  }
  const moment = asOf === undefined ? '' : ` FOR SYSTEM_TIME AS OF ${asOf}`;
  const partition = parts === undefined ? '' : ` PARTITION (${parts.join(', ')})`;
  return [{ at: sole.nameEnd, text: moment + partition }];
}
