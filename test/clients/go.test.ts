import type { ClientLimits } from './all-types.ts';
import { describeForeign } from './foreign-suite.ts';
import { HANA_CLIENT_CASES, LOGON_TRACE } from './hana-client-cases.ts';
import { cesu8Bytes, vectorBytes } from './hana-client-limits.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  INT: 'INTEGER',
  ST_POINT: 'STPOINT',
  ST_GEOMETRY: 'STGEOMETRY',
};

const LIMITS: ClientLimits = {
  typeOf: ({ typeCode }) => TYPE_NAMES[typeCode] ?? typeCode,
  shown: {
    C_REAL_VECTOR: vectorBytes,
    C_BINTEXT: cesu8Bytes,
    // The driver shows a numeric value as it travels and does not fill it up to the field's width.
    C_ALPHANUM: (value) =>
      typeof value === 'string' && /^\d+$/.test(value) ? String(Number(value)) : value,
  },
};

await describeForeign({
  title: 'go-hdb against the sandbox',
  toolchain: 'go',
  start: () => HanaFlightProcess.start('sandbox', '--sandbox-rows', '50000', '--trace'),
  args: (server) => [server.hana, DEMO.user, DEMO.password],
  cases: HANA_CLIENT_CASES,
  allTypes: { name: 'reads ALL_TYPES', limits: LIMITS },
  trace: LOGON_TRACE,
});
