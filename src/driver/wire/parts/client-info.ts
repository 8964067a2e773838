import { cesu8ToString, stringToCesu8 } from '../../values/cesu8.ts';
import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A CLIENTINFO part: session variables, as length-prefixed key, value, key, value … */
export function encodeClientInfo(variables: ReadonlyMap<string, string>): Part {
  const writer = new WireWriter();
  for (const [name, value] of variables) {
    writer.writeLengthPrefixed(stringToCesu8(name)).writeLengthPrefixed(stringToCesu8(value));
  }
  return makePart(PartKind.CLIENTINFO, variables.size * 2, writer.finish());
}

/** Reads to the end of the data: the argument count is pairs for go-hdb and strings for the others. */
export function decodeClientInfo(part: Part): ReadonlyMap<string, string> {
  const reader = readerOf(part);
  const variables = new Map<string, string>();
  while (reader.remaining > 0) {
    const name = reader.readLengthPrefixed('variable name');
    const value = reader.readLengthPrefixed('variable value');
    if (name === undefined) throw reader.malformed('expected a variable name, got NULL');
    variables.set(cesu8ToString(name), value === undefined ? '' : cesu8ToString(value));
  }
  return variables;
}
