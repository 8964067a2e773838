import { readFileSync } from 'node:fs';

/** Linux tells the time of other processes in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Where user and system time stand in `/proc/PID/stat`, counted from behind the name of the program. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/**
 * Processor seconds that a process has used so far, all of its threads together. Exact to 10 ms, but for the
 * process that asks; NaN where there is no `/proc`.
 */
export function processorSeconds(pid: number): number {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}
