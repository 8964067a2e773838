import { HanaFlightError } from '../../core/errors.ts';
import { findAny, unpackAny } from '../protocol.ts';
import { CATALOG_COMMANDS } from './catalog-commands.ts';
import {
  type CommandRow,
  type CommandRpc,
  type CommandRpcs,
  FLIGHT_SQL_PACKAGE,
} from './command-table.ts';
import { STATEMENT_COMMANDS } from './statement-commands.ts';
import { SUBSTRAIT_COMMANDS } from './substrait-commands.ts';
import { UPDATE_COMMANDS } from './update-commands.ts';

/** Every command of Flight SQL. A new one is a row of its family and a method in the producer interface. */
export const COMMANDS: readonly CommandRow[] = [
  ...STATEMENT_COMMANDS,
  ...UPDATE_COMMANDS,
  ...SUBSTRAIT_COMMANDS,
  ...CATALOG_COMMANDS,
];

const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

/** A command with its row found: what a descriptor or a ticket asks for. */
export interface ParsedCommand {
  readonly name: string;
  readonly row: CommandRow | undefined;
  readonly message: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Reads a packed command of Flight SQL; undefined for anything else. */
export function findCommand(bytes: Uint8Array): ParsedCommand | undefined {
  const packed = findAny(bytes);
  if (packed === undefined || !packed.typeName.startsWith(FLIGHT_SQL_PACKAGE)) return undefined;
  const name = packed.typeName.slice(FLIGHT_SQL_PACKAGE.length);
  return { name, row: BY_NAME.get(name), message: packed.value, bytes };
}

/**
 * Reads a packed command, of Flight SQL or not.
 * @throws HanaFlightError `invalid-argument` when it is not one; `where` names it in the text.
 */
export function parseCommand(bytes: Uint8Array, where: string): ParsedCommand {
  const found = findCommand(bytes);
  if (found !== undefined) return found;
  const { typeName, value } = unpackAny(bytes, where);
  return { name: typeName, row: undefined, message: value, bytes };
}

/**
 * Runs a command in an RPC.
 * @param asked the RPC that the client called, if it is another one that `rpc` stands in for.
 * @throws HanaFlightError `unimplemented` when the table or the producer has nothing for it, and
 * whatever the producer throws.
 */
export function runCommand<Rpc extends CommandRpc>(
  rpc: Rpc,
  command: ParsedCommand,
  context: CommandRpcs[Rpc]['context'],
  asked: string = rpc,
): Promise<CommandRpcs[Rpc]['answer']> {
  const answer = command.row?.run[rpc]?.(command.message, context, command.bytes);
  if (answer === undefined) throw unimplementedCommand(asked, command.name);
  return answer;
}

/** The error for a command that cannot stand in an RPC, here or at all. */
export function unimplementedCommand(rpc: string, name: string): HanaFlightError {
  return new HanaFlightError('unimplemented', `${rpc}: this server does not offer ${name}`);
}
