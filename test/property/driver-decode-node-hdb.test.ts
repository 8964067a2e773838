import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileDecoder } from '../../src/driver/columnar/result-decoder.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { type PlainValue, readColumns } from '../support/arrow-values.ts';
import { packetOf, RANDOM_COLUMNS, randomTables } from '../support/random-rows.ts';

type HdbValue = null | boolean | number | string | Uint8Array;

interface HdbColumn {
  readonly dataType: number;
  readonly fraction: number;
}

/** node-hdb's own parser of result rows: SAP's reading of the same bytes. */
const { Parser } = createRequire(import.meta.url)('hdb/lib') as {
  Parser: new (
    columns: readonly HdbColumn[],
    lobFactory: null,
    options: { readonly useCesu8: boolean },
  ) => {
    parse(bytes: Buffer, options: { readonly nameProperty: false }): readonly HdbValue[][];
  };
};

/** How node-hdb writes a value that the batch holds as `PlainValue`; types it reads otherwise are left out. */
const AS_PLAIN: Readonly<Record<number, (value: HdbValue) => PlainValue>> = {
  [TypeCode.TINYINT]: plain,
  [TypeCode.SMALLINT]: plain,
  [TypeCode.INT]: plain,
  [TypeCode.BIGINT]: (value) => BigInt(String(value)),
  [TypeCode.REAL]: plain,
  [TypeCode.DOUBLE]: plain,
  [TypeCode.BOOLEAN]: plain,
  [TypeCode.FIXED8]: plain,
  [TypeCode.FIXED12]: plain,
  [TypeCode.FIXED16]: plain,
  [TypeCode.DAYDATE]: plain,
  [TypeCode.SECONDTIME]: plain,
  [TypeCode.SECONDDATE]: plain,
  /** Nine decimals, of which the batch keeps six. */
  [TypeCode.LONGDATE]: (value) => String(value).slice(0, '0001-01-01 00:00:00.000000'.length),
  [TypeCode.VARCHAR]: plain,
  [TypeCode.NVARCHAR]: plain,
  [TypeCode.VARBINARY]: plain,
};

function plain(value: HdbValue): PlainValue {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

const kinds = RANDOM_COLUMNS.filter(({ metadata }) => metadata.typeCode in AS_PLAIN);

it('reads what node-hdb reads', () => {
  fc.assert(
    fc.property(randomTables(30, kinds), ({ columns, rows }) => {
      const packet = packetOf(rows);
      const decoder = compileDecoder(columns);
      const batches = [...decoder.decode(packet), decoder.finish()].flatMap((decoded) =>
        decoded === undefined ? [] : [decoded.batch],
      );
      const hdbColumns = columns.map(({ typeCode, scale }) => ({
        dataType: typeCode,
        fraction: scale,
      }));
      const parser = new Parser(hdbColumns, null, { useCesu8: true });
      const hdbRows = parser.parse(Buffer.from(packet), { nameProperty: false });
      const hdbValues = columns.map(({ typeCode }, index) =>
        hdbRows.map((row) => {
          const value = row[index] ?? null;
          return value === null ? null : (AS_PLAIN[typeCode] ?? plain)(value);
        }),
      );
      expect(readColumns(decoder.schema, batches).columns).toEqual(hdbValues);
    }),
    { numRuns: 300 },
  );
});
