import type { ClientLimits } from './all-types.ts';
import { describeForeign } from './foreign-suite.ts';
import { HANA_CLIENT_CASES, LOGON_TRACE } from './hana-client-cases.ts';
import { cesu8Bytes, vectorBytes } from './hana-client-limits.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  ST_POINT: 'POINT',
  ST_GEOMETRY: 'GEOMETRY',
};

const LIMITS: ClientLimits = {
  typeOf: ({ typeCode }) => TYPE_NAMES[typeCode] ?? typeCode,
  shown: {
    C_REAL_VECTOR: vectorBytes,
    C_BINTEXT: cesu8Bytes,
  },
};

await describeForeign({
  title: 'hdbconnect against the sandbox',
  toolchain: 'rust',
  start: () => HanaFlightProcess.start('sandbox', '--sandbox-rows', '50000', '--trace'),
  args: (server) => [server.hana, DEMO.user, DEMO.password],
  cases: HANA_CLIENT_CASES,
  allTypes: { name: 'reads ALL_TYPES', limits: LIMITS },
  trace: LOGON_TRACE,
});
