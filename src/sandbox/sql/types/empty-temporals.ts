/**
 * HANA has an empty date and an empty time, '', beside NULL: 0 on the wire, smaller than any other. The
 * day before 0001-01-01, which HANA's calendar does not reach, stands for it in DuckDB's storage: so it
 * sorts first and stays empty when DuckDB casts between DATE, SECONDDATE and TIMESTAMP.
 */
export const EMPTY_DATE_DAYS = -719_163;
export const EMPTY_DATE_SECONDS = BigInt(EMPTY_DATE_DAYS) * 86_400n;
export const EMPTY_DATE_MICROS = EMPTY_DATE_SECONDS * 1_000_000n;

/**
 * DuckDB has no time before midnight, but a TIME of HANA has no fraction of a second: 00:00:00.000007 is
 * free. It sorts between the two first seconds of the day.
 */
export const EMPTY_TIME_MICROS = 7n;
