import type { FlightSqlProducer, SqlInfoValue } from '../../src/flight/producer.ts';

/** Ids of Flight SQL's enumeration SqlInfo, as far as the scenarios use them. */
const SQL_INFO: ReadonlyMap<number, SqlInfoValue> = new Map<number, SqlInfoValue>([
  [0, { kind: 'string', value: 'scenario server' }],
  [3, { kind: 'bool', value: false }],
  [4, { kind: 'bool', value: false }],
  [5, { kind: 'bool', value: true }],
  [6, { kind: 'string', value: 'min_version' }],
  [7, { kind: 'string', value: 'max_version' }],
  [8, { kind: 'int32', value: 2 }],
  [9, { kind: 'bool', value: true }],
  [10, { kind: 'bool', value: true }],
  [11, { kind: 'bool', value: true }],
  [100, { kind: 'int32', value: 42 }],
  [101, { kind: 'int32', value: 7 }],
]);

export function sqlInfo(): FlightSqlProducer {
  return { sqlInfo: async () => SQL_INFO };
}
