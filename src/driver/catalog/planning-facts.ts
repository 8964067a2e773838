import type { HanaConnection } from '../hana-connection.ts';
import { readRows } from './catalog-rows.ts';

/** interim */
export async function readPlanningFacts(
  connection: HanaConnection,
  { schema, name }: { readonly schema: string | undefined; readonly name: string },
) {
  const inSchema = schema ?? (await connection.currentSchema());
  const q = async (sql: string, shape: Record<string, 'text?' | 'integer?'>) => {
    const rows: Record<string, string | number | undefined>[] = [];
    for await (const row of readRows(connection, { sql, parameters: [inSchema, name] }, shape)) rows.push(row);
    return rows;
  };
  const t = await q(
    'SELECT T.TABLE_TYPE AS TT, T.IS_TEMPORARY AS TMP, T.TEMPORAL_TYPE AS TEMPORAL, M.RECORD_COUNT AS N FROM SYS.TABLES T LEFT JOIN SYS.M_TABLES M ON M.SCHEMA_NAME = T.SCHEMA_NAME AND M.TABLE_NAME = T.TABLE_NAME WHERE T.SCHEMA_NAME = ? AND T.TABLE_NAME = ?',
    { TT: 'text?', TMP: 'text?', TEMPORAL: 'text?', N: 'integer?' },
  );
  const isView = t.length === 0;
  const cols = await q(
    `SELECT COLUMN_NAME, POSITION, DATA_TYPE_NAME, LENGTH, SCALE, IS_NULLABLE FROM SYS.${isView ? 'VIEW' : 'TABLE'}_COLUMNS WHERE SCHEMA_NAME = ? AND ${isView ? 'VIEW' : 'TABLE'}_NAME = ? ORDER BY POSITION`,
    { COLUMN_NAME: 'text?', DATA_TYPE_NAME: 'text?', LENGTH: 'integer?', SCALE: 'integer?', IS_NULLABLE: 'text?' },
  );
  if (cols.length === 0) return undefined;
  const pk = isView ? [] : await q(
    "SELECT COLUMN_NAME, POSITION FROM SYS.CONSTRAINTS WHERE SCHEMA_NAME = ? AND TABLE_NAME = ? AND IS_PRIMARY_KEY = 'TRUE' ORDER BY POSITION",
    { COLUMN_NAME: 'text?' },
  );
  const def = isView ? [] : await q('SELECT PARTITION_DEFINITION, LEVEL_1_TYPE, LEVEL_1_EXPRESSION FROM SYS.PARTITIONED_TABLES WHERE SCHEMA_NAME = ? AND TABLE_NAME = ?', { PARTITION_DEFINITION: 'text?', LEVEL_1_TYPE: 'text?', LEVEL_1_EXPRESSION: 'text?' });
  const parts = def.length === 0 ? [] : await q("SELECT PART_ID, RECORD_COUNT FROM SYS.M_TABLE_PARTITIONS WHERE SCHEMA_NAME = ? AND TABLE_NAME = ? AND IS_REPLICA = 'FALSE' ORDER BY PART_ID", { PART_ID: 'integer?', RECORD_COUNT: 'integer?' });
  return {
    schema: inSchema,
    name,
    kind: isView ? ('view' as const) : t[0]?.['TT'] === 'COLUMN' ? ('column-table' as const) : ('row-table' as const),
    rows: t[0]?.['N'] === undefined ? undefined : Number(t[0]['N']),
    columns: cols.map((c) => ({ name: String(c['COLUMN_NAME']), type: { name: String(c['DATA_TYPE_NAME']), length: c['LENGTH'] as number | undefined, scale: c['SCALE'] as number | undefined }, nullable: c['IS_NULLABLE'] !== 'FALSE' })),
    primaryKey: pk.map((c) => String(c['COLUMN_NAME'])),
    partitioning: def[0] === undefined ? undefined : { definition: String(def[0]['PARTITION_DEFINITION']), kind: String(def[0]['LEVEL_1_TYPE']), expression: String(def[0]['LEVEL_1_EXPRESSION']), parts: parts.map((p) => ({ id: Number(p['PART_ID']), rows: Number(p['RECORD_COUNT']) })) },
    histograms: [],
    systemVersioned: String(t[0]?.['TEMPORAL'] ?? '').startsWith('SYSTEM'),
  };
}
