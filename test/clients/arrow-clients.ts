import type { ClientLimits } from './all-types.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

/** Enough rows that a result needs several messages, and the long statement takes a minute. */
const ROWS = '50000';

/** hana-flight before its own sandbox. */
export function serve(): Promise<HanaFlightProcess> {
  return HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', '--sandbox-rows', ROWS);
}

/** `host:port user password` for a Flight client. */
export function flightTarget(server: HanaFlightProcess): readonly string[] {
  return [new URL(server.flight).host, DEMO.user, DEMO.password];
}

/** In what Arrow clients differ from a client of HANA; `names` is what one calls the types of pyarrow. */
export function arrowLimits(names: Readonly<Record<string, string>>): ClientLimits {
  return {
    typeOf: ({ arrowType }) => names[arrowType] ?? arrowType,
    alwaysNullable: true,
    timestampDigits: 6,
    floatingDecimalIsDouble: true,
  };
}
