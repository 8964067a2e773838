const DAY_MS = 86_400_000;

/** `2024-02-29`, from milliseconds since 1970. */
export function dateText(epochMs: number): string {
  const [date = ''] = new Date(epochMs).toISOString().split('T');
  return date;
}

/** `23:59:59`, with as many decimals of a second as the unit has. `ticks` may be a whole day at most. */
export function timeText(ticks: number, fractionDigits: number): string {
  const perSecond = 10 ** fractionDigits;
  const seconds = Math.floor(ticks / perSecond);
  const clock = `${twoDigits(seconds / 3600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  if (fractionDigits === 0) return clock;
  return `${clock}.${String(ticks % perSecond).padStart(fractionDigits, '0')}`;
}

/**
 * Makes a writer of `2024-02-29 23:59:59.123456`: the way SQL writes it, exact to the last digit of the
 * unit. It remembers the last day, which most rows share with the row before.
 */
export function timestampText(fractionDigits: number): (ticks: bigint) => string {
  const perDay = BigInt(DAY_MS / 1000) * 10n ** BigInt(fractionDigits);
  let lastDay = Number.NaN;
  let lastDate = '';
  return (ticks) => {
    // BigInt division rounds towards zero; the time of day must count from the midnight before.
    const rest = ticks % perDay;
    const timeOfDay = rest < 0n ? rest + perDay : rest;
    const day = Number((ticks - timeOfDay) / perDay);
    if (day !== lastDay) {
      lastDay = day;
      lastDate = dateText(day * DAY_MS);
    }
    return `${lastDate} ${timeText(Number(timeOfDay), fractionDigits)}`;
  };
}

function twoDigits(value: number): string {
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : String(whole);
}
