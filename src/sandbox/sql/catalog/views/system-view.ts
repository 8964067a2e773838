import type { SessionIdentity } from '../../../engine.ts';
import type { SessionRegistry } from '../../../session-registry.ts';
import type { TransactionFacts } from '../../transaction.ts';
import { type HanaType, hanaType } from '../../types/hana-type.ts';
import type { Catalog } from '../catalog.ts';
import type { TableDefinition } from '../definitions.ts';

export type Cell = string | number | bigint | Date | null;

/** What the rows of a SYS view are made from. */
export interface ViewContext {
  readonly catalog: Catalog;
  readonly registry: SessionRegistry | undefined;
  readonly identity: SessionIdentity;
  readonly currentSchema: string;
  readonly users: readonly string[];
  readonly explained: readonly ExplainedOperator[];
  readonly clock: { readonly stamp: bigint };
  /** Transactions of all sessions by connection id. */
  readonly transactions: ReadonlyMap<number, { readonly facts: TransactionFacts }>;
  /** Variables of the session, by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Rows of a table; one number per part, a single one where it has no parts. */
  recordCounts(table: TableDefinition): readonly number[];
}

/** A row of EXPLAIN_PLAN_TABLE. */
export interface ExplainedOperator {
  readonly statementName: string;
  readonly operatorId: number;
  readonly parentOperatorId: number | null;
  readonly level: number;
  readonly position: number;
  readonly operatorName: string;
  readonly operatorDetails: string;
  readonly tableName: string | null;
  readonly outputSize: number | null;
}

/** A column of a SYS view, with HANA's name and type. */
export type ViewColumn = readonly [name: string, type: HanaType];

export interface SystemView {
  readonly name: string;
  readonly columns: readonly ViewColumn[];
  /** Rows that the user may see. */
  rows(context: ViewContext): readonly (readonly Cell[])[];
  /** Counting rows costs a scan: done for those views that show numbers of rows. */
  readonly counts?: 'tables' | 'parts';
}

export const NAME: HanaType = hanaType('NVARCHAR', 256);
export const TEXT: HanaType = hanaType('NVARCHAR', 5000);
export const FLAG: HanaType = hanaType('VARCHAR', 5);
export const WORD: HanaType = hanaType('VARCHAR', 64);
export const INTEGER: HanaType = hanaType('INTEGER');
export const BIGINT: HanaType = hanaType('BIGINT');
export const TIMESTAMP: HanaType = hanaType('TIMESTAMP');

/** HANA's TRUE and FALSE in catalogue views. */
export const flag = (value: boolean): 'TRUE' | 'FALSE' => (value ? 'TRUE' : 'FALSE');

/** Tables and views the user has any privilege on; temporary ones of other sessions are hidden. */
export function visibleTables(context: ViewContext): readonly TableDefinition[] {
  const { catalog, identity } = context;
  return catalog.tables.filter(
    ({ schemaName, name }) =>
      !schemaName.startsWith('_SYS_') && catalog.shows(identity.user, schemaName, name),
  );
}

/** Name of the one host of the sandbox, and its SQL port, in monitoring views. */
export const HOST = 'sandbox';
export const PORT = 39_015;

/** Bytes that SYS shows as the length of a LOB or a geometry. */
export const MAX_LOB_LENGTH = 2_147_483_647;
