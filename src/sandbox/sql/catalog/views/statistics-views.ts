import { hanaType } from '../../types/hana-type.ts';
import type { DataStatistics } from '../definitions.ts';
import {
  BIGINT,
  FLAG,
  INTEGER,
  NAME,
  type SystemView,
  TEXT,
  TIMESTAMP,
  type ViewContext,
  WORD,
} from './system-view.ts';

/** Statistics on tables that the user may see. */
const visibleStatistics = ({ catalog, identity }: ViewContext): readonly DataStatistics[] =>
  catalog.statistics.filter(({ table }) =>
    catalog.shows(identity.user, table.schemaName, table.name),
  );

const DATA_STATISTICS: SystemView = {
  name: 'DATA_STATISTICS',
  columns: [
    ['DATA_STATISTICS_OID', BIGINT],
    ['DATA_STATISTICS_TYPE', WORD],
    ['DATA_STATISTICS_SCHEMA_NAME', NAME],
    ['DATA_STATISTICS_NAME', NAME],
    ['DATA_SOURCE_OBJECT_TYPE', WORD],
    ['DATA_SOURCE_SCHEMA_NAME', NAME],
    ['DATA_SOURCE_OBJECT_NAME', NAME],
    ['DATA_SOURCE_COLUMN_NAMES', TEXT],
    ['DATA_SOURCE_STORAGE_TYPE', WORD],
    ['CREATE_TIME', TIMESTAMP],
    ['CONSTRAINT', WORD],
    ['IS_PERSISTENT', FLAG],
    ['IS_ENABLED', FLAG],
    ['CREATE_BUCKETS', BIGINT],
    ['VALID_FOR', WORD],
    ['INVALIDATION_REASON', WORD],
  ],
  rows: (context) =>
    visibleStatistics(context).map((statistics) => [
      BigInt(statistics.objectId),
      statistics.type,
      statistics.table.schemaName,
      statistics.name,
      'TABLE',
      statistics.table.schemaName,
      statistics.table.name,
      statistics.column,
      storageOf(statistics, context),
      statistics.createdAt,
      statistics.type === 'HISTOGRAM' ? 'QOPTIMAL' : null,
      'TRUE',
      'TRUE',
      statistics.buckets === undefined ? null : BigInt(statistics.buckets),
      'ESTIMATION',
      null,
    ]),
};

/** How HANA writes the storage type is not documented. */
function storageOf({ table }: DataStatistics, { catalog }: ViewContext): string {
  return catalog.find(table.schemaName, table.name)?.columnStore === false ? 'ROW' : 'COLUMN';
}

/** A row per object and part of its table; the content is here, and not in DATA_STATISTICS. */
const M_DATA_STATISTICS: SystemView = {
  name: 'M_DATA_STATISTICS',
  columns: [
    ['DATA_STATISTICS_OID', BIGINT],
    ['DATA_STATISTICS_TYPE', WORD],
    ['DATA_STATISTICS_SCHEMA_NAME', NAME],
    ['DATA_STATISTICS_NAME', NAME],
    ['DATA_SOURCE_SCHEMA_NAME', NAME],
    ['DATA_SOURCE_OBJECT_NAME', NAME],
    ['DATA_SOURCE_COLUMN_NAMES', TEXT],
    ['DATA_SOURCE_STORAGE_TYPE', WORD],
    ['DATA_SOURCE_PART_ID', INTEGER],
    ['LAST_REFRESH_TIME', TIMESTAMP],
    ['LAST_REFRESH_REASON', WORD],
    ['DATA_STATISTICS_CONTENT', hanaType('NCLOB')],
  ],
  rows: (context) =>
    visibleStatistics(context).flatMap((statistics) =>
      statistics.contents.map(({ partId, json }) => [
        BigInt(statistics.objectId),
        statistics.type,
        statistics.table.schemaName,
        statistics.name,
        statistics.table.schemaName,
        statistics.table.name,
        statistics.column,
        storageOf(statistics, context),
        partId,
        statistics.refreshedAt,
        statistics.refreshReason,
        json,
      ]),
    ),
};

/** The views about data statistics. */
export const STATISTICS_VIEWS: readonly SystemView[] = [DATA_STATISTICS, M_DATA_STATISTICS];
