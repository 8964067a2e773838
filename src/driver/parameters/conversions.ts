import type { ArrowType } from '../../arrow/types.ts';
import { TypeCode } from '../wire/type-code.ts';
import type { Conversion } from './conversion.ts';
import {
  decimalToApproximate,
  decimalToBigint,
  decimalToInteger,
  toDecimal,
  toFixed,
} from './decimal-conversions.ts';
import { NullParameter } from './fixed-parameter.ts';
import { LobParameter } from './lob-parameter.ts';
import { toApproximate, toBigint, toBoolean, toInteger } from './number-conversions.ts';
import { sentAs, type TargetFamily } from './parameter-target.ts';
import {
  dateToDaydate,
  timestampToDaydate,
  toLongdate,
  toSeconddate,
  toSecondtime,
} from './temporal-conversions.ts';
import { cesu8Values, renderedValues, variableValues } from './text-values.ts';
import { VariableParameter } from './variable-parameter.ts';
import { VectorParameter } from './vector-parameter.ts';

type Kind = ArrowType['kind'];

/** Arrow types that go into HANA types, and how. No value loses digits unless the reason says so. */
interface ConversionRow {
  readonly from: readonly Kind[];
  readonly to: readonly TargetFamily[];
  readonly convert: Conversion;
  readonly reason: string;
}

const text: Conversion = (binding) => new VariableParameter(cesu8Values(binding), binding.target);
const textAsString: Conversion = (binding) =>
  new VariableParameter(cesu8Values(binding), sentAs(binding.target, TypeCode.STRING));
const textLob: Conversion = (binding) =>
  new LobParameter(cesu8Values(binding), binding.target, true);
const rendered: Conversion = (binding) =>
  new VariableParameter(renderedValues(binding), binding.target);
const renderedLob: Conversion = (binding) =>
  new LobParameter(renderedValues(binding), binding.target, true);
const bytes: Conversion = ({ source, target }) =>
  new VariableParameter(variableValues(source), target);
const bytesLob: Conversion = ({ source, target }) =>
  new LobParameter(variableValues(source), sentAs(target, TypeCode.BLOB), false);

const NUMBERS: readonly Kind[] = ['int', 'float'];
const TEXT_LOBS: readonly TargetFamily[] = ['text-lob', 'locator'];

const ROWS: readonly ConversionRow[] = [
  {
    from: ['bool', ...NUMBERS],
    to: ['integer'],
    convert: toInteger,
    reason: 'whole numbers within the range',
  },
  {
    from: ['bool', ...NUMBERS],
    to: ['bigint'],
    convert: toBigint,
    reason: 'whole numbers within the range',
  },
  { from: ['bool', ...NUMBERS], to: ['boolean'], convert: toBoolean, reason: '0 and 1' },
  {
    from: NUMBERS,
    to: ['approximate'],
    convert: toApproximate,
    reason:
      'rounded to the nearest value, as the type is approximate; NaN and infinity do not exist',
  },
  {
    from: [...NUMBERS, 'decimal128'],
    to: ['fixed'],
    convert: toFixed,
    reason: 'floats by their shortest decimal text',
  },
  {
    from: [...NUMBERS, 'decimal128'],
    to: ['decimal'],
    convert: toDecimal,
    reason: 'floats by their shortest decimal text',
  },
  {
    from: ['decimal128'],
    to: ['integer'],
    convert: decimalToInteger,
    reason: 'without a fraction',
  },
  { from: ['decimal128'], to: ['bigint'], convert: decimalToBigint, reason: 'without a fraction' },
  {
    from: ['decimal128'],
    to: ['approximate'],
    convert: decimalToApproximate,
    reason: 'rounded to the nearest value, as the type is approximate',
  },
  { from: ['utf8'], to: ['text'], convert: text, reason: 'CESU-8' },
  { from: ['utf8'], to: TEXT_LOBS, convert: textLob, reason: 'CESU-8' },
  { from: ['utf8', 'binary'], to: ['binary-lob'], convert: bytesLob, reason: 'the bytes' },
  {
    from: ['utf8'],
    to: [
      ...(['integer', 'bigint', 'approximate', 'boolean', 'decimal', 'fixed'] as const),
      ...(['daydate', 'secondtime', 'seconddate', 'longdate'] as const),
      ...(['legacy-date', 'legacy-time', 'legacy-timestamp'] as const),
      ...(['binary', 'spatial', 'vector'] as const),
    ],
    convert: textAsString,
    reason: 'HANA converts a STRING to the declared type, by its own rules',
  },
  { from: ['binary'], to: ['binary', 'spatial'], convert: bytes, reason: 'the bytes' },
  { from: ['binary'], to: ['locator'], convert: bytesLob, reason: 'the bytes' },
  {
    from: ['date32'],
    to: ['daydate'],
    convert: dateToDaydate,
    reason: 'the same label in both calendars',
  },
  { from: ['timestamp'], to: ['daydate'], convert: timestampToDaydate, reason: 'at 00:00:00 only' },
  {
    from: ['date32', 'timestamp'],
    to: ['seconddate'],
    convert: toSeconddate,
    reason: 'whole seconds; with a time zone, UTC',
  },
  {
    from: ['date32', 'timestamp'],
    to: ['longdate'],
    convert: toLongdate,
    reason: 'multiples of 100 ns; with a time zone, UTC',
  },
  {
    from: ['time32', 'time64'],
    to: ['secondtime'],
    convert: toSecondtime,
    reason: 'whole seconds',
  },
  { from: ['date32'], to: ['legacy-date'], convert: rendered, reason: 'as text' },
  { from: ['time32', 'time64'], to: ['legacy-time'], convert: rendered, reason: 'as text' },
  { from: ['date32', 'timestamp'], to: ['legacy-timestamp'], convert: rendered, reason: 'as text' },
  {
    from: ['bool', ...NUMBERS, 'decimal128', 'date32', 'time32', 'time64', 'timestamp'],
    to: ['text'],
    convert: rendered,
    reason: 'as SQL writes them',
  },
  {
    from: ['bool', ...NUMBERS, 'decimal128', 'date32', 'time32', 'time64', 'timestamp'],
    to: TEXT_LOBS,
    convert: renderedLob,
    reason: 'as SQL writes them',
  },
];

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map(
  ROWS.flatMap(({ from, to, convert }) =>
    from.flatMap((kind) =>
      to.map((family): [string, Conversion] => [keyOf(kind, family), convert]),
    ),
  ),
);

/** How values of an Arrow type are written for a HANA type; undefined when they cannot be. */
export function conversionOf(type: ArrowType, family: TargetFamily): Conversion | undefined {
  if (type.kind === 'null') return ({ target }) => new NullParameter(target);
  if (family === 'vector' && isListOfFloats(type)) {
    return ({ source, target, place }) => new VectorParameter(source, target, place);
  }
  return CONVERSIONS.get(keyOf(type.kind, family));
}

function isListOfFloats(type: ArrowType): boolean {
  return (
    (type.kind === 'list' || type.kind === 'fixed-size-list') && type.item.type.kind === 'float'
  );
}

function keyOf(kind: Kind, family: TargetFamily): string {
  return `${kind} to ${family}`;
}
