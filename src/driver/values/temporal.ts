/**
 * The numbers behind HANA's temporal values on the wire (data format version 4 and later). All four
 * types count from 0001-01-01 00:00:00, which is 1, so that a raw 0 can stand for the empty date ''.
 * NULL is the number after the type's last value. SAP's open drivers agree on every one of these.
 */

/** Raw value of the empty date or time ('') in LONGDATE, SECONDDATE, DAYDATE and SECONDTIME. */
export const EMPTY_TEMPORAL = 0;

/** LONGDATE (TIMESTAMP): NULL. The tick before it is 9999-12-31 23:59:59.9999999. */
export const LONGDATE_NULL = 3_155_380_704_000_000_001n;
/** LONGDATE of 1970-01-01 00:00:00. */
export const LONGDATE_UNIX_EPOCH = 621_357_696_000_000_001n;
/** LONGDATE of 1582-10-15 00:00:00, where the calendar changes. */
export const LONGDATE_FIRST_GREGORIAN = 499_164_768_000_000_001n;
/** A LONGDATE tick is 100 ns. */
export const LONGDATE_TICKS_PER_MICROSECOND = 10;
export const LONGDATE_TICKS_PER_SECOND = 10_000_000;
export const LONGDATE_TICKS_PER_DAY = 864_000_000_000;

/** SECONDDATE: NULL. The second before it is 9999-12-31 23:59:59. */
export const SECONDDATE_NULL = 315_538_070_401;
/** SECONDDATE of 1970-01-01 00:00:00. */
export const SECONDDATE_UNIX_EPOCH = 62_135_769_601;
/** SECONDDATE of 1582-10-15 00:00:00, where the calendar changes. */
export const SECONDDATE_FIRST_GREGORIAN = 49_916_476_801;
export const SECONDS_PER_DAY = 86_400;

/** DAYDATE (DATE): NULL. The day before it is 9999-12-31. */
export const DAYDATE_NULL = 3_652_062;

/** SECONDTIME (TIME): NULL. */
export const SECONDTIME_NULL = 86_402;
/** SECONDTIME of 24:00:00, which HANA has beside 00:00:00. */
export const SECONDTIME_END_OF_DAY = 86_401;
/** SECONDTIME of 00:00:00. */
export const SECONDTIME_MIDNIGHT = 1;

/** Bit of the first year byte (of DATE) or of the hour byte (of TIME) that marks a legacy value as present. */
export const LEGACY_PRESENT = 0x80;
/** Bits of a legacy DATE's year word that hold the year. */
export const LEGACY_YEAR_MASK = 0x3fff;
