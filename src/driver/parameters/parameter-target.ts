import { HanaFlightError } from '../../core/errors.ts';
import { mappingOf } from '../columnar/type-mapping.ts';
import type { ParameterMetadata } from '../wire/metadata.ts';
import { TypeCode } from '../wire/type-code.ts';

/** Types that take the same values, written the same way. */
export type TargetFamily =
  | 'integer'
  | 'bigint'
  | 'approximate'
  | 'boolean'
  | 'decimal'
  | 'fixed'
  | 'daydate'
  | 'secondtime'
  | 'seconddate'
  | 'longdate'
  | 'legacy-date'
  | 'legacy-time'
  | 'legacy-timestamp'
  | 'text'
  | 'binary'
  | 'spatial'
  | 'text-lob'
  | 'binary-lob'
  | 'locator'
  | 'vector';

/** How a parameter of a HANA type is written. */
export interface ParameterTarget {
  readonly family: TargetFamily;
  /** Type byte of a value. */
  readonly typeCode: number;
  /** Type byte of a NULL. */
  readonly nullCode: number;
}

const NULL_BIT = 0x80;

interface TargetRow {
  readonly codes: readonly TypeCode[];
  readonly family: TargetFamily;
  /** Type code that is sent for values; the declared one when absent. */
  readonly sent?: TypeCode;
  /** Type code that is sent, with bit 7, for NULL; that of values when absent. */
  readonly sentForNull?: TypeCode;
  readonly reason: string;
}

/** What SAP's own driver sends (node-hdb, lib/protocol/Writer.js and NormalizedTypeCode.js). */
const TARGETS: readonly TargetRow[] = [
  {
    codes: [TypeCode.TINYINT, TypeCode.SMALLINT, TypeCode.INT],
    family: 'integer',
    reason: 'little endian, without a flag; TINYINT is unsigned',
  },
  { codes: [TypeCode.BIGINT], family: 'bigint', reason: 'as INT, 8 bytes' },
  {
    codes: [TypeCode.REAL, TypeCode.DOUBLE],
    family: 'approximate',
    reason: 'IEEE 754; numbers are rounded to what the type can hold',
  },
  { codes: [TypeCode.BOOLEAN], family: 'boolean', reason: '0 or 2 in one byte' },
  {
    codes: [TypeCode.DECIMAL, TypeCode.SMALLDECIMAL],
    family: 'decimal',
    sent: TypeCode.DECIMAL,
    reason: 'mantissa and exponent; SMALLDECIMAL has no form of its own on the wire',
  },
  {
    codes: [TypeCode.FIXED8, TypeCode.FIXED12, TypeCode.FIXED16],
    family: 'fixed',
    reason: "an integer at the parameter's scale",
  },
  {
    codes: [TypeCode.DAYDATE],
    family: 'daydate',
    sentForNull: TypeCode.DATE,
    reason: 'NULL bears the code of the legacy type',
  },
  {
    codes: [TypeCode.SECONDTIME],
    family: 'secondtime',
    sentForNull: TypeCode.TIME,
    reason: 'NULL bears the code of the legacy type: HANA refuses 0xc0',
  },
  {
    codes: [TypeCode.SECONDDATE],
    family: 'seconddate',
    sentForNull: TypeCode.TIMESTAMP,
    reason: 'NULL bears the code of the legacy type',
  },
  {
    codes: [TypeCode.LONGDATE],
    family: 'longdate',
    sentForNull: TypeCode.TIMESTAMP,
    reason: 'NULL bears the code of the legacy type',
  },
  {
    codes: [TypeCode.DATE],
    family: 'legacy-date',
    sent: TypeCode.STRING,
    reason: 'HANA reads text',
  },
  {
    codes: [TypeCode.TIME],
    family: 'legacy-time',
    sent: TypeCode.STRING,
    reason: 'HANA reads text',
  },
  {
    codes: [TypeCode.TIMESTAMP],
    family: 'legacy-timestamp',
    sent: TypeCode.STRING,
    reason: 'HANA reads text',
  },
  {
    codes: [
      TypeCode.CHAR,
      TypeCode.VARCHAR,
      TypeCode.STRING,
      TypeCode.VARCHAR2,
      TypeCode.SHORTTEXT,
      TypeCode.ALPHANUM,
    ],
    family: 'text',
    sent: TypeCode.STRING,
    reason: 'CESU-8',
  },
  {
    codes: [TypeCode.NCHAR, TypeCode.NVARCHAR, TypeCode.NSTRING],
    family: 'text',
    sent: TypeCode.NSTRING,
    reason: 'CESU-8',
  },
  {
    codes: [TypeCode.BINARY, TypeCode.VARBINARY, TypeCode.BSTRING],
    family: 'binary',
    sent: TypeCode.BINARY,
    reason: 'the bytes',
  },
  {
    codes: [TypeCode.ST_GEOMETRY, TypeCode.ST_POINT],
    family: 'spatial',
    sent: TypeCode.BINARY,
    reason: 'well-known binary',
  },
  { codes: [TypeCode.CLOB], family: 'text-lob', reason: 'CESU-8' },
  {
    codes: [TypeCode.NCLOB, TypeCode.NLOCATOR, TypeCode.TEXT, TypeCode.BINTEXT],
    family: 'text-lob',
    sent: TypeCode.NCLOB,
    reason: 'CESU-8',
  },
  { codes: [TypeCode.BLOB], family: 'binary-lob', reason: 'the bytes' },
  {
    codes: [TypeCode.LOCATOR],
    family: 'locator',
    sent: TypeCode.NCLOB,
    reason: 'what HANA calls a parameter of BINTEXT; takes text, and bytes as a BLOB',
  },
  {
    codes: [TypeCode.REAL_VECTOR],
    family: 'vector',
    sentForNull: TypeCode.BINARY,
    reason: 'dimension and floats; NULL as of BINARY',
  },
];

const TARGETS_BY_CODE: ReadonlyMap<number, ParameterTarget> = new Map(
  TARGETS.flatMap(({ codes, family, sent, sentForNull }) =>
    codes.map((code): [number, ParameterTarget] => {
      const typeCode = sent ?? code;
      return [code, { family, typeCode, nullCode: (sentForNull ?? typeCode) | NULL_BIT }];
    }),
  ),
);

/** How to write a parameter; throws `unimplemented` for a type code this project does not know. */
export function targetOf(parameter: ParameterMetadata): ParameterTarget {
  const target = TARGETS_BY_CODE.get(parameter.typeCode);
  if (target !== undefined) return target;
  throw new HanaFlightError(
    'unimplemented',
    `expected a parameter of a known type, got ${mappingOf(parameter.typeCode).sqlName}`,
  );
}

/** The same parameter with its values sent under another type code, from which HANA converts. */
export function sentAs(target: ParameterTarget, typeCode: TypeCode): ParameterTarget {
  return { ...target, typeCode };
}
