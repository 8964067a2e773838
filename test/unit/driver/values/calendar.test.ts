import { describe, expect, it } from 'vitest';
import {
  civilToUnixDays,
  dayDateToUnixDays,
  FIRST_DAYDATE,
  LAST_DAYDATE,
  unixDaysToCivil,
  unixDaysToDayDate,
} from '../../../../src/driver/values/calendar.ts';

/** DAYDATE (Julian Day Number - 1721423) and the date HANA prints for it. */
const LABELS = [
  [1, 1, 1, 1],
  [2, 1, 1, 2],
  [1155, 4, 2, 29],
  [365_051, 1000, 6, 15],
  [547_568, 1500, 2, 28],
  [547_570, 1500, 3, 1],
  [577_737, 1582, 10, 4],
  [577_738, 1582, 10, 15],
  [719_164, 1969, 12, 31],
  [719_165, 1970, 1, 1],
  [730_181, 2000, 2, 29],
  [738_947, 2024, 2, 29],
  [3_652_061, 9999, 12, 31],
] as const;

describe('calendar', () => {
  it.each(LABELS)('shows day %i as %i-%i-%i, both ways', (dayDate, year, month, day) => {
    const unixDays = civilToUnixDays({ year, month, day });
    expect(dayDateToUnixDays(dayDate)).toBe(unixDays);
    expect(unixDaysToDayDate(unixDays ?? 0)).toBe(dayDate);
    expect(unixDaysToCivil(unixDays ?? 0)).toEqual({ year, month, day });
  });

  it('agrees with Date on every Gregorian date of HANA', () => {
    const wrong: number[] = [];
    for (let unixDays = -141_427; unixDays <= 2_932_896; unixDays += 1) {
      const date = new Date(unixDays * 86_400_000);
      const { year, month, day } = unixDaysToCivil(unixDays);
      const same =
        year === date.getUTCFullYear() &&
        month === date.getUTCMonth() + 1 &&
        day === date.getUTCDate();
      if (!same || civilToUnixDays({ year, month, day }) !== unixDays) wrong.push(unixDays);
    }
    expect(wrong).toEqual([]);
  });

  it('finds its way back from every day but the twelve Julian leap days', () => {
    const lost: number[] = [];
    const changed: number[] = [];
    for (let dayDate = FIRST_DAYDATE; dayDate <= LAST_DAYDATE; dayDate++) {
      const unixDays = dayDateToUnixDays(dayDate);
      if (unixDays === undefined) lost.push(dayDate);
      else if (unixDaysToDayDate(unixDays) !== dayDate) changed.push(dayDate);
    }
    expect(changed).toEqual([]);
    expect(lost).toHaveLength(12);
    expect(lost).toContain(547_569);
  });

  it.each([0, -1, 3_652_062, 2 ** 31])('has no date for day %i', (dayDate) => {
    expect(dayDateToUnixDays(dayDate)).toBeUndefined();
  });

  it.each([
    [1582, 10, 5],
    [1582, 10, 14],
    [0, 12, 31],
    [10_000, 1, 1],
  ])('has no day for %i-%i-%i', (year, month, day) => {
    const unixDays = civilToUnixDays({ year, month, day });
    expect(unixDays).toBeTypeOf('number');
    expect(unixDaysToDayDate(unixDays ?? 0)).toBeUndefined();
  });

  it.each([
    [2023, 2, 29],
    [1900, 2, 29],
    [2024, 4, 31],
    [2024, 13, 1],
    [2024, 0, 1],
    [2024, 1, 0],
  ])('refuses %i-%i-%i', (year, month, day) => {
    expect(civilToUnixDays({ year, month, day })).toBeUndefined();
  });
});
