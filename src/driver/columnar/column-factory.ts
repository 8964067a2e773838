import type { ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { Column } from './column.ts';
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
}

type MakeColumn = (plan: ColumnPlan) => Column;

/** A column of fixed width, whose reader depends on the plan. */
function fixed(bits: number, makeReader: (plan: ColumnPlan) => FixedReader): MakeColumn {
  return (plan) => new FixedColumn(plan.place.index, bits, makeReader(plan));
}

const temporal = ({ place, options }: ColumnPlan) => ({ place, emptyDate: options.emptyDate });

function decimalContext({ place, arrow }: ColumnPlan) {
  if (arrow.kind === 'decimal128') {
    return { place, precision: arrow.precision, scale: arrow.scale };
  }
  throw new HanaFlightError('internal', `expected decimal128 for ${place.name}, got ${arrow.kind}`);
}

function variable({ place, arrow }: ColumnPlan): Column {
  return new VariableColumn({
    index: place.index,
    read: readVariable,
    isText: arrow.kind === 'utf8',
  });
}

function alphanum({ place }: ColumnPlan): Column {
  return new VariableColumn({ index: place.index, read: makeAlphanumReader(place), isText: true });
}

function lob({ place, arrow }: ColumnPlan): Column {
  const { read, takeLobs } = makeLobReader();
  return new VariableColumn({ index: place.index, read, isText: arrow.kind === 'utf8', takeLobs });
}

function decimal(plan: ColumnPlan): Column {
  const { place, arrow } = plan;
  if (arrow.kind === 'utf8') {
    return new VariableColumn({ index: place.index, read: readDecimalText, isText: false });
  }
  return arrow.kind === 'float'
    ? new FixedColumn(place.index, 64, makeDecimalFloatReader(place))
    : new FixedColumn(place.index, 128, makeDecimalReader(decimalContext(plan)));
}

function vector({ place, arrow }: ColumnPlan): Column {
  return new VectorColumn(place, arrow.kind === 'fixed-size-list' ? arrow.size : undefined);
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
