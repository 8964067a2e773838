import type { ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { Column } from './column.ts';
import type { ColumnMemory } from './column-memory.ts';
import type { ColumnPlace } from './column-place.ts';
import {
  makeDecimalFloatReader,
  makeDecimalReader,
  makeFixed8Reader,
  makeWideFixedReader,
} from './decimal-readers.ts';
import { FixedColumn, type FixedReader } from './fixed-column.ts';
import {
  makeLegacyDateReader,
  makeLegacyTimeReader,
  makeLegacyTimestampReader,
} from './legacy-temporal-readers.ts';
import {
  makeBooleanReader,
  readBigint,
  readDouble,
  readInt,
  readReal,
  readSmallint,
  readTinyint,
} from './number-readers.ts';
import {
  makeDaydateReader,
  makeLongdateMicrosReader,
  makeLongdateNanosReader,
  makeSeconddateReader,
  makeSecondtimeReader,
} from './temporal-readers.ts';
import type { CodecKind, TypeOptions } from './type-mapping.ts';
import { VariableColumn } from './variable-column.ts';
import {
  makeAlphanumReader,
  makeLobReader,
  readDecimalText,
  readVariable,
} from './variable-readers.ts';
import { VectorColumn } from './vector-column.ts';

/** What decides how a column is read. */
export interface ColumnPlan {
  readonly place: ColumnPlace;
  readonly codec: CodecKind;
  readonly arrow: ArrowType;
  readonly options: TypeOptions;
  readonly memory: ColumnMemory;
}

type MakeColumn = (plan: ColumnPlan) => Column;

/** A column of fixed width, whose reader depends on the plan. */
function fixed(bitsPerRow: number, makeReader: (plan: ColumnPlan) => FixedReader): MakeColumn {
  return (plan) => {
    const { place, memory } = plan;
    return new FixedColumn({ index: place.index, bitsPerRow, read: makeReader(plan), memory });
  };
}

const temporal = ({ place, options }: ColumnPlan) => ({ place, emptyDate: options.emptyDate });

function decimalContext({ place, arrow }: ColumnPlan) {
  if (arrow.kind === 'decimal128') {
    return { place, precision: arrow.precision, scale: arrow.scale };
  }
  throw new HanaFlightError('internal', `expected decimal128 for ${place.name}, got ${arrow.kind}`);
}

function variable({ place: { index }, arrow, memory }: ColumnPlan): Column {
  return new VariableColumn({ index, read: readVariable, isText: arrow.kind === 'utf8', memory });
}

function alphanum({ place, memory }: ColumnPlan): Column {
  const read = makeAlphanumReader(place);
  return new VariableColumn({ index: place.index, read, isText: true, memory });
}

function lob({ place: { index }, arrow, memory }: ColumnPlan): Column {
  const { read, takeLobs } = makeLobReader();
  return new VariableColumn({ index, read, isText: arrow.kind === 'utf8', memory, takeLobs });
}

function decimal(plan: ColumnPlan): Column {
  const { place, arrow, memory } = plan;
  if (arrow.kind === 'utf8') {
    const { index } = place;
    return new VariableColumn({ index, read: readDecimalText, isText: false, memory });
  }
  return arrow.kind === 'float' ? floatDecimal(plan) : exactDecimal(plan);
}

const floatDecimal = fixed(64, ({ place }) => makeDecimalFloatReader(place));
const exactDecimal = fixed(128, (plan) => makeDecimalReader(decimalContext(plan)));

function vector({ place, arrow, memory }: ColumnPlan): Column {
  return new VectorColumn(place, arrow.kind === 'fixed-size-list' ? arrow.size : undefined, memory);
}

const COLUMN_BY_CODEC: Readonly<Record<CodecKind, MakeColumn>> = {
  tinyint: fixed(16, () => readTinyint),
  smallint: fixed(16, () => readSmallint),
  int: fixed(32, () => readInt),
  bigint: fixed(64, () => readBigint),
  real: fixed(32, () => readReal),
  double: fixed(64, () => readDouble),
  boolean: fixed(1, ({ place }) => makeBooleanReader(place)),
  decimal,
  fixed8: fixed(128, (plan) => makeFixed8Reader(decimalContext(plan))),
  fixed12: fixed(128, (plan) => makeWideFixedReader(12, decimalContext(plan))),
  fixed16: fixed(128, (plan) => makeWideFixedReader(16, decimalContext(plan))),
  daydate: fixed(32, (plan) => makeDaydateReader(temporal(plan))),
  secondtime: fixed(32, (plan) => makeSecondtimeReader(temporal(plan))),
  seconddate: fixed(64, (plan) => makeSeconddateReader(temporal(plan))),
  longdate: fixed(64, (plan) =>
    plan.options.timestampUnit === 'ns'
      ? makeLongdateNanosReader(temporal(plan))
      : makeLongdateMicrosReader(temporal(plan)),
  ),
  'legacy-date': fixed(32, (plan) => makeLegacyDateReader(temporal(plan))),
  'legacy-time': fixed(32, (plan) => makeLegacyTimeReader(temporal(plan))),
  'legacy-timestamp': fixed(64, (plan) =>
    makeLegacyTimestampReader(temporal(plan), plan.options.timestampUnit),
  ),
  text: variable,
  binary: variable,
  alphanum,
  vector,
  lob,
};

/** The collector of one result column. */
export function makeColumn(plan: ColumnPlan): Column {
  return COLUMN_BY_CODEC[plan.codec](plan);
}
