/**
 * HANA counts days from 0001-01-01 (day 1) and reads them by two calendars: Julian before 1582-10-15,
 * Gregorian from then on. Arrow is Gregorian throughout, so the same day number would show an SQL user
 * another date. What is kept here is the label: year, month and day stay what HANA prints.
 */

/** A calendar date as people write it; `month` and `day` count from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** DAYDATE of 1582-10-15, the first Gregorian day; the day before it is 1582-10-04. */
export const FIRST_GREGORIAN_DAYDATE = 577_738;

/** DAYDATE of 1970-01-01. */
export const UNIX_EPOCH_DAYDATE = 719_165;

/** DAYDATE of 0001-01-01, the first date HANA has. */
export const FIRST_DAYDATE = 1;

/** DAYDATE of 9999-12-31, the last date HANA has. */
export const LAST_DAYDATE = 3_652_061;

/**
 * Days from 1970-01-01 in Arrow's (proleptic Gregorian) calendar to the date that HANA calls `dayDate`.
 * Undefined for a number outside HANA's range, and for the twelve Julian leap days that Gregorian lacks
 * (29 February of 100, 200, 300, 500 … 1500).
 */
export function dayDateToUnixDays(dayDate: number): number | undefined {
  if (dayDate < FIRST_DAYDATE || dayDate > LAST_DAYDATE) return undefined;
  if (dayDate >= FIRST_GREGORIAN_DAYDATE) return dayDate - UNIX_EPOCH_DAYDATE;
  return civilToUnixDays(julianDateOf(dayDate));
}

/**
 * The DAYDATE that shows the same label as the Gregorian date `unixDays` after 1970-01-01. Undefined
 * outside 0001 … 9999 and for 1582-10-05 … 14, which HANA's calendar leaves out.
 */
export function unixDaysToDayDate(unixDays: number): number | undefined {
  const dayDate = unixDays + UNIX_EPOCH_DAYDATE;
  if (dayDate > LAST_DAYDATE) return undefined;
  if (dayDate >= FIRST_GREGORIAN_DAYDATE) return dayDate;
  const julian = julianDayDateOf(unixDaysToCivil(unixDays));
  return julian >= FIRST_DAYDATE && julian < FIRST_GREGORIAN_DAYDATE ? julian : undefined;
}

/** Days since 1970-01-01 of a proleptic Gregorian date; undefined when there is no such date. */
export function civilToUnixDays({ year, month, day }: CivilDate): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInGregorianMonth(year, month)) {
    return undefined;
  }
  const { marchYear, dayOfMarchYear } = countFromMarch(year, month, day);
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfMarchYear - UNIX_EPOCH_FROM_MARCH_YEAR_0;
}

/** The proleptic Gregorian date `unixDays` after 1970-01-01. */
export function unixDaysToCivil(unixDays: number): CivilDate {
  const days = unixDays + UNIX_EPOCH_FROM_MARCH_YEAR_0;
  const cycle = Math.floor(days / DAYS_IN_400_YEARS);
  const dayOfCycle = days - cycle * DAYS_IN_400_YEARS;
  const yearOfCycle = Math.floor(
    (dayOfCycle -
      Math.floor(dayOfCycle / 1460) +
      Math.floor(dayOfCycle / 36_524) -
      Math.floor(dayOfCycle / 146_096)) /
      365,
  );
  const before = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  return fromMarch(cycle * 400 + yearOfCycle, dayOfCycle - before);
}

/** Days of a month in the Gregorian calendar; `month` counts from 1. */
function daysInGregorianMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const DAYS_IN_400_YEARS = 146_097;
/** Days from 0000-03-01 to 1970-01-01, both Gregorian. */
const UNIX_EPOCH_FROM_MARCH_YEAR_0 = 719_468;
/** DAYDATE of the Julian 0000-03-01: 0001-01-01 is day 1 and lies 306 days later. */
const DAYDATE_OF_JULIAN_MARCH_YEAR_0 = 1 - 306;
const DAYS_IN_4_JULIAN_YEARS = 1461;

function julianDateOf(dayDate: number): CivilDate {
  const days = dayDate - DAYDATE_OF_JULIAN_MARCH_YEAR_0;
  const marchYear = Math.floor((4 * days + 3) / DAYS_IN_4_JULIAN_YEARS);
  return fromMarch(marchYear, days - Math.floor((DAYS_IN_4_JULIAN_YEARS * marchYear) / 4));
}

function julianDayDateOf({ year, month, day }: CivilDate): number {
  const { marchYear, dayOfMarchYear } = countFromMarch(year, month, day);
  return (
    marchYear * 365 + Math.floor(marchYear / 4) + dayOfMarchYear + DAYDATE_OF_JULIAN_MARCH_YEAR_0
  );
}

/** Years that begin in March put the leap day last, so that month lengths need no table. */
function countFromMarch(year: number, month: number, day: number) {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  return { marchYear, dayOfMarchYear: Math.floor((153 * monthFromMarch + 2) / 5) + day - 1 };
}

function fromMarch(marchYear: number, dayOfMarchYear: number): CivilDate {
  const monthFromMarch = Math.floor((5 * dayOfMarchYear + 2) / 153);
  const day = dayOfMarchYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: month > 2 ? marchYear : marchYear + 1, month, day };
}
