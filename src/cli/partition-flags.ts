import type { Command } from 'commander';
import { UsageError } from '../config/usage-error.ts';
import { HanaFlightError } from '../core/errors.ts';
import { OPTION_NAMES, PARTITION_OPTIONS } from '../proxy/partitioning/partition-options.ts';
import { HEADER_PREFIX, readOption } from '../proxy/partitioning/partition-request.ts';

/** gRPC carries no other characters in a header. */
const HEADER_TEXT = /^[ -~]*$/;

/**
 * Gives a command the options of partitioning. They belong to the question, as its SQL does, and are no
 * settings: the variable HANA_FLIGHT_ENDPOINTS is the server's.
 */
export function addPartitionFlags(command: Command): Command {
  for (const name of OPTION_NAMES) {
    const { syntax, doc } = PARTITION_OPTIONS[name];
    command.option(`--${name} <${syntax}>`, `ask for ${name}: ${doc.replaceAll('`', '')}`);
  }
  return command;
}

/**
 * The headers that ask a server for what the flags say.
 * @throws UsageError for a value that the server would refuse.
 */
export function partitionHeaders(
  flags: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of OPTION_NAMES) {
    const value = flags[name];
    if (typeof value !== 'string') continue;
    try {
      readOption(name, { value, where: `--${name}` });
    } catch (thrown) {
      throw new UsageError(HanaFlightError.from(thrown).message, thrown);
    }
    if (!HEADER_TEXT.test(value)) {
      throw new UsageError(
        `--${name}: expected ASCII, as it travels in a header, got ${JSON.stringify(value)}; the hint /*+ FLIGHT(${name}=…) */ in the SQL takes any text`,
      );
    }
    headers[HEADER_PREFIX + name] = value;
  }
  return headers;
}
