import {
  type ColumnDefinition,
  columnNamed,
  type NewTable,
  type Partitioning,
  type TableDefinition,
} from '../catalog/definitions.ts';
import { UTC_NOW } from '../commit-clock.ts';
import { hanaError } from '../errors.ts';
import { partCount, partitionCondition } from '../partition-condition.ts';
import { objectName, quoteName } from '../rendered-sql.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import type { DuckSession } from '../session.ts';
import { ROW_TIME_DEFAULTS } from '../system-versioning.ts';
import { splitAtCommas, type Token } from '../token.ts';
import { TokenReader } from '../token-reader.ts';
import { ownTable } from './create-statements.ts';
import { compiler, type DdlCompiler, requireColumn } from './ddl-statement.ts';
import {
  parseVersioning,
  refuseVersioned,
  withSystemVersioning,
} from './system-versioning-clause.ts';
import { rebuildTable } from './table-changes.ts';
import { parseColumn, parseElements, parsePartitioning, parsePeriod } from './table-parser.ts';

/** ALTER TABLE t …: the changes of {@link CATALOG_CHANGES} and of {@link TABLE_CHANGES}. */
export const compileAlterTable: DdlCompiler = compiler(
  ['ALTER', 'TABLE'],
  (reader, context, session) => {
    const target = reader.qualified();
    const found = CATALOG_CHANGES.find(({ words }) => reader.skips(...words));
    if (found !== undefined) {
      const change = found.read(reader, context, session);
      reader.end();
      return async () => {
        const changed = await change(ownTable(target, context, 'ALTER'));
        // Rows stay where they are, but PARTITION (n) and FOR SYSTEM_TIME mean others now.
        await session.shared.clock.commit(() => Promise.resolve(context.catalog.put(changed)));
      };
    }
    const verb = reader.oneOf('ADD', 'DROP', 'ALTER');
    const inList = reader.sees('(');
    const elements = inList ? reader.parenthesized() : reader.rest();
    reader.end();
    const change = TABLE_CHANGES[verb];
    return async () => {
      const old = ownTable(target, context, 'ALTER');
      refuseVersioned(old, 'ALTER TABLE', context, target.at);
      const changed = change?.(old, elements, context) ?? old;
      const values = changed.columns.map((column) =>
        columnNamed(old, column.name) === undefined ? initialValue(column) : quoteName(column.name),
      );
      await rebuildTable(old, changed, values, session);
    };
  },
);

/** What the rows that are there already get in a new column. */
function initialValue({ defaultValue, rowTime }: ColumnDefinition): string {
  if (rowTime === 'ROW END') return ROW_TIME_DEFAULTS[rowTime] ?? 'NULL';
  return rowTime === undefined ? (defaultValue ?? 'NULL') : UTC_NOW;
}

type CatalogChange = (old: TableDefinition) => NewTable | Promise<NewTable>;

/** A change that touches no row. */
interface CatalogChangeRow {
  readonly words: readonly string[];
  /** Reads what follows the words. */
  readonly read: (
    reader: TokenReader,
    context: CompileContext,
    session: DuckSession,
  ) => CatalogChange;
}

const CATALOG_CHANGES: readonly CatalogChangeRow[] = [
  {
    words: ['PARTITION', 'BY'],
    read(reader, _context, session) {
      const at = reader.current?.at ?? 0;
      const partitioning = parsePartitioning(reader);
      return async (old) => {
        if (!old.columnStore) {
          throw hanaError('notSupported', 'feature not supported: parts of a row table', { at });
        }
        await requirePlaces(old, partitioning, session);
        return { ...old, partitioning };
      };
    },
  },
  {
    words: ['MERGE', 'PARTITIONS'],
    read: () => (old) => {
      if (old.partitioning !== undefined) return { ...old, partitioning: undefined };
      throw hanaError('notSupported', `feature not supported: ${old.name} is not partitioned`);
    },
  },
  {
    words: ['ADD', 'SYSTEM', 'VERSIONING'],
    read(reader, context, session) {
      const versioning = parseVersioning(reader);
      return (old) => withSystemVersioning(old, versioning, context, session);
    },
  },
  {
    words: ['DROP', 'SYSTEM', 'VERSIONING'],
    read: () => (old) => ({ ...old, history: undefined }),
  },
  {
    words: ['ADD', 'PERIOD', 'FOR'],
    read(reader) {
      const period = parsePeriod(reader);
      return (old) => ({ ...old, period });
    },
  },
  {
    words: ['DROP', 'PERIOD', 'FOR', 'SYSTEM_TIME'],
    read: (_reader, context) => (old) => {
      refuseVersioned(old, 'DROP PERIOD', context, 0);
      return { ...old, period: undefined };
    },
  },
];

/** Every row must have a part. HANA's error number is not known: 2. */
async function requirePlaces(
  table: TableDefinition,
  partitioning: Partitioning,
  session: DuckSession,
): Promise<void> {
  const parts = Array.from(
    { length: partCount(partitioning) },
    (_, index) => `(${partitionCondition(partitioning, index + 1)})`,
  );
  const rows = objectName(table.schemaName, table.name);
  const reader = await session.utility.runAndReadAll(
    `SELECT 1 FROM ${rows} WHERE NOT (${parts.join(' OR ')}) LIMIT 1`,
  );
  if (reader.currentRowCount === 0) return;
  throw hanaError('general', `general error: ${table.name} has rows outside of all its new parts`);
}

type TableChange = (
  old: TableDefinition,
  elements: readonly Token[],
  context: CompileContext,
) => NewTable;

const TABLE_CHANGES: Readonly<Record<string, TableChange>> = {
  ADD(old, elements, context) {
    const added = parseElements(elements, old, context);
    const twice = added.columns.find(({ name }) => columnNamed(old, name) !== undefined);
    if (twice !== undefined) {
      throw hanaError('duplicateColumn', `column name already exists: ${twice.name}`);
    }
    return {
      ...old,
      columns: [...old.columns, ...added.columns],
      keys: [...old.keys, ...added.keys],
      foreignKeys: [...old.foreignKeys, ...added.foreignKeys],
    };
  },
  DROP(old, elements, context) {
    const reader = new TokenReader(elements, context.sql);
    if (reader.skips('PRIMARY', 'KEY'))
      return { ...old, keys: old.keys.filter((key) => !key.primary) };
    if (reader.skips('CONSTRAINT')) {
      const name = reader.name();
      return {
        ...old,
        keys: old.keys.filter((key) => key.name !== name),
        foreignKeys: old.foreignKeys.filter((key) => key.name !== name),
      };
    }
    const names = splitAtCommas(elements).map(([first]) => first?.value ?? '');
    for (const name of names) requireColumn(old, name, context, elements[0]?.at ?? 0);
    return {
      ...old,
      columns: old.columns.filter(({ name }) => !names.includes(name)),
      keys: old.keys.filter((key) => !key.columns.some((column) => names.includes(column))),
    };
  },
  ALTER(old, elements, context) {
    const changed = splitAtCommas(elements).map(
      (element) => parseColumn(new TokenReader(element, context.sql), context).column,
    );
    for (const { name } of changed) requireColumn(old, name, context, elements[0]?.at ?? 0);
    const columns = old.columns.map(
      (column) => changed.find(({ name }) => name === column.name) ?? column,
    );
    return { ...old, columns };
  },
};
