const MILLIS_PER_DAY = 86_400_000n;

/** HANA's calendar goes from 1582-10-04 (Julian) to 1582-10-15 (Gregorian): the days between do not exist. */
const MISSING_DAYS = { first: '1582-10-05', last: '1582-10-14' };

/** `YYYY-MM-DD` as days since 1970, or undefined when it is no day. */
export function dayNumber(text: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001-01-01') return undefined;
  const millis = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(millis)) return undefined;
  const day = BigInt(millis) / MILLIS_PER_DAY;
  return dayText(day) === text ? day : undefined;
}

/** Days since 1970 as `YYYY-MM-DD`; undefined for a day that HANA's calendar leaves out. */
export function dayText(day: bigint): string | undefined {
  const text = new Date(Number(day * MILLIS_PER_DAY)).toISOString().slice(0, 10);
  return text >= MISSING_DAYS.first && text <= MISSING_DAYS.last ? undefined : text;
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{0,7}))?)?$/;

/** Ticks of a second, e.g. 10,000,000 for TIMESTAMP. */
export interface Precision {
  readonly digits: number;
}

/**
 * `YYYY-MM-DD HH:MM:SS.fffffff` as ticks since 1970; a day alone is its midnight. Undefined when it is no
 * moment, or finer than the precision.
 */
export function momentNumber(text: string, { digits }: Precision): bigint | undefined {
  const [, dayPart = '', hours = '00', minutes = '00', seconds = '00', fraction = ''] =
    MOMENT.exec(text) ?? [];
  const day = dayNumber(dayPart);
  const isTime = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  if (day === undefined || !isTime || /[1-9]/.test(fraction.slice(digits))) return undefined;
  const secondOfDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const ticks = BigInt(fraction.slice(0, digits).padEnd(digits, '0') || '0');
  return (day * 86_400n + BigInt(secondOfDay)) * 10n ** BigInt(digits) + ticks;
}

/** Ticks since 1970 as text; undefined on a day that HANA's calendar leaves out. */
export function momentText(ticks: bigint, { digits }: Precision): string | undefined {
  const ticksPerDay = 86_400n * 10n ** BigInt(digits);
  const inDay = ((ticks % ticksPerDay) + ticksPerDay) % ticksPerDay;
  const day = dayText((ticks - inDay) / ticksPerDay);
  if (day === undefined) return undefined;
  const second = Number(inDay / 10n ** BigInt(digits));
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const fraction = String(inDay % 10n ** BigInt(digits)).padStart(digits, '0');
  return digits === 0 ? `${day} ${clock}` : `${day} ${clock}.${fraction}`;
}
