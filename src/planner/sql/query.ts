/** Why something cannot be done to a query: the rule, and the reason in words for whoever reads the plan. */
export interface Obstacle {
  /** Short and stable, e.g. `limit`, `window-function`, `unknown-function`. */
  readonly rule: string;
  /** A clause that goes on after "one endpoint, because …". */
  readonly reason: string;
}

/** A table or view named in the FROM clause of the outermost SELECT. */
export interface TableReference {
  /** As HANA stores the name; undefined when the query names none. */
  readonly schema: string | undefined;
  readonly name: string;
  /** SQL text that names it elsewhere in the query, e.g. `"T"`: its alias, or else its name. */
  readonly qualifier: string;
}

/** A plain reference to a column, as HANA stores the names. */
export interface ColumnReference {
  /** Alias or name of its table; undefined when the query does not say. */
  readonly table: string | undefined;
  readonly column: string;
}

/**
 * A key of a top-level ORDER BY that is a plain reference to a column of a table in FROM. Ordinals and aliases
 * are resolved. Of a set operation: an output column, without a table.
 */
export interface SortKey extends ColumnReference {
  /** Name of the output column with the same values; undefined when none is known to have them. */
  readonly output?: string | undefined;
  readonly descending: boolean;
  /** Where NULL stands; HANA's default, NULL is the smallest, is filled in. */
  readonly nullsFirst: boolean;
}

/** What is changed in the outermost SELECT for one endpoint. */
export interface Edit {
  /** Boolean SQL, joined to the query's own WHERE by AND. */
  readonly condition?: string | undefined;
  /** HANA's part ids, put behind the sole table as `PARTITION (1, 2)`. */
  readonly parts?: readonly number[] | undefined;
  /** SQL text of a moment, put behind the sole table as `FOR SYSTEM_TIME AS OF …`. */
  readonly asOf?: string | undefined;
}

/** A query whose rows are divided by a condition in its outermost SELECT. */
export interface ConditionSplit {
  /** At least one. Views count as tables here: only the catalog tells them apart. */
  readonly tables: readonly TableReference[];
  /** True when FROM is exactly one table: parts, AS OF and samples apply. */
  readonly sole: boolean;
  /**
   * Undefined: any column of the tables may be the key. Else the key must be one of these, because the
   * rows of a group (GROUP BY, DISTINCT) must stay together.
   */
  readonly keys: readonly ColumnReference[] | undefined;
  /** True when rows come straight from the sole table: neither grouped nor DISTINCT. */
  readonly plainRows: boolean;
  /**
   * Text of the query's own WHERE condition without the word; undefined without one, and when it cannot be
   * taken elsewhere: with markers in it, or with subqueries beside a WITH list.
   */
  readonly where: string | undefined;
  readonly hasWhere: boolean;
  /**
   * Columns that the WHERE condition compares for equality with a literal or a marker, joined by AND: a
   * lookup by a whole key brings few rows.
   */
  readonly fixed: readonly ColumnReference[];
  /** @throws HanaFlightError `internal` for parts or a moment when the query is not of one sole table. */
  apply(edit: Edit): string;
  /** SQL text that names a column of a table inside {@link Edit.condition}. */
  column(table: TableReference, column: string): string;
}

/** A query whose result is divided by a condition on its output columns: it becomes a derived table. */
export interface WrapSplit {
  /** @param condition refers to output columns by {@link column}. ORDER BY moves outside, where it holds. */
  apply(condition: string): string;
  column(output: string): string;
}

/** A query as the planner sees it. */
export interface Query {
  /** Without FLIGHT hint comments and a closing semicolon; everything else as it was written. */
  readonly text: string;
  /** What FLIGHT hint comments ask for, by lower-case name; the last one counts. */
  readonly hint: ReadonlyMap<string, string>;
  /** Number of parameter markers. */
  readonly markers: number;
  /** Set when no split at all keeps the meaning. */
  readonly obstacle: Obstacle | undefined;
  /** A split in the outermost SELECT, or why there is none. */
  readonly condition: ConditionSplit | Obstacle;
  /** A split of the output, or why there is none. */
  readonly wrap: WrapSplit | Obstacle;
  /** Set when a split of the output makes each endpoint do all the work: only on request. */
  readonly wrapCostly: Obstacle | undefined;
  /**
   * The leading keys of a top-level ORDER BY that are plain columns; undefined without ORDER BY, and when
   * there is an {@link obstacle}. Empty: ordered first by what is no plain column.
   */
  readonly order: readonly SortKey[] | undefined;
}

export function isObstacle(split: object): split is Obstacle {
  return 'rule' in split;
}
