import { describe, expect, it } from 'vitest';
import { LAST_DAYDATE, UNIX_EPOCH_DAYDATE } from '../../../../src/driver/values/calendar.ts';
import * as temporal from '../../../../src/driver/values/temporal.ts';

/** Each constant again, from the rule of the protocol: units since 0001-01-01 00:00, which is 1. */
describe('temporal constants', () => {
  it('put LONGDATE, SECONDDATE and DAYDATE at the same epoch', () => {
    const days = BigInt(UNIX_EPOCH_DAYDATE - 1);
    expect(temporal.LONGDATE_UNIX_EPOCH).toBe(days * 864_000_000_000n + 1n);
    expect(BigInt(temporal.SECONDDATE_UNIX_EPOCH)).toBe(days * 86_400n + 1n);
  });

  it('put NULL right behind the last value', () => {
    const days = BigInt(LAST_DAYDATE);
    expect(temporal.LONGDATE_NULL).toBe(days * 864_000_000_000n + 1n);
    expect(BigInt(temporal.SECONDDATE_NULL)).toBe(days * 86_400n + 1n);
    expect(temporal.DAYDATE_NULL).toBe(LAST_DAYDATE + 1);
    expect(temporal.SECONDTIME_NULL).toBe(temporal.SECONDTIME_END_OF_DAY + 1);
  });

  it('change the calendar on the same day', () => {
    const days = 577_737n;
    expect(temporal.LONGDATE_FIRST_GREGORIAN).toBe(days * 864_000_000_000n + 1n);
    expect(BigInt(temporal.SECONDDATE_FIRST_GREGORIAN)).toBe(days * 86_400n + 1n);
  });
});
