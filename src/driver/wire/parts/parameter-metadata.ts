import { makePart, type Part, readerOf } from '../message.ts';
import type { ParameterMetadata } from '../metadata.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';
import { NameArea, readNames } from './name-area.ts';
import { wireLength } from './result-set-metadata.ts';

/*
 * Each parameter:                         behind the parameters: names, each u8 length, CESU-8
 *  0  u8   1 mandatory, 2 optional         4  u32  name offset, ffffffff unnamed
 *  1  u8   type code                       8  i16  length or precision
 *  2  u8   1 IN, 2 INOUT, 4 OUT           10  i16  scale
 *  3  1    filler                         12  4    filler
 * Length comes before scale here: the other way round than in RESULTSETMETADATA.
 */

const PARAMETER_BYTES = 16;
const MANDATORY = 1;
const OPTIONAL = 2;
const MODES = { in: 1, inout: 2, out: 4 } as const satisfies Record<
  ParameterMetadata['mode'],
  number
>;

/** A PARAMETERMETADATA part. Names are not shared: hdbconnect reads one per named parameter. */
export function encodeParameterMetadata(parameters: readonly ParameterMetadata[]): Part {
  const writer = new WireWriter(PARAMETER_BYTES * parameters.length + 64);
  const names = new NameArea();
  for (const parameter of parameters) {
    writer.writeU8(parameter.nullable ? OPTIONAL : MANDATORY).writeU8(parameter.typeCode);
    writer.writeU8(MODES[parameter.mode]).writeZeros(1).writeU32(names.append(parameter.name));
    writer.writeI16(wireLength(parameter.length)).writeI16(parameter.scale).writeZeros(4);
  }
  writer.writeBytes(names.finish());
  return makePart(PartKind.PARAMETERMETADATA, parameters.length, writer.finish());
}

export function decodeParameterMetadata(part: Part): readonly ParameterMetadata[] {
  const reader = readerOf(part);
  const raw = [];
  for (let index = 0; index < part.argumentCount; index++) {
    const field = `parameter ${index + 1}`;
    const nullable = (reader.readU8(`${field} options`) & OPTIONAL) !== 0;
    const typeCode = reader.readU8(`${field} type code`);
    const mode = modeOf(reader.readU8(`${field} mode`));
    if (mode === undefined) {
      throw reader.malformed(`${field}: expected mode 1, 2 or 4`, reader.offset - 1);
    }
    reader.skip(1, `${field} filler`);
    const nameOffset = reader.readU32(`${field} name`);
    const length = reader.readI16(`${field} length`);
    const scale = reader.readI16(`${field} scale`);
    reader.skip(4, `${field} filler`);
    raw.push({ nullable, typeCode, mode, length, scale, nameOffset });
  }
  const nameAt = readNames(reader);
  return raw.map(({ nameOffset, ...parameter }) => ({ ...parameter, name: nameAt(nameOffset) }));
}

function modeOf(code: number): ParameterMetadata['mode'] | undefined {
  if (code === MODES.in) return 'in';
  if (code === MODES.inout) return 'inout';
  return code === MODES.out ? 'out' : undefined;
}
