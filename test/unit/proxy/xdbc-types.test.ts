import { describe, expect, it } from 'vitest';
import { TYPE_MAPPING } from '../../../src/driver/columnar/type-mapping.ts';
import { XDBC_TYPES, xdbcType, xdbcTypes } from '../../../src/proxy/xdbc-types.ts';

/** Codes of ODBC's sql.h and sqlext.h. */
const codes: readonly (readonly [string, number])[] = [
  ['TINYINT', -6],
  ['SMALLINT', 5],
  ['INTEGER', 4],
  ['BIGINT', -5],
  ['DECIMAL', 3],
  ['SMALLDECIMAL', 3],
  ['REAL', 7],
  ['DOUBLE', 8],
  ['BOOLEAN', -7],
  ['DATE', 91],
  ['TIME', 92],
  ['SECONDDATE', 93],
  ['TIMESTAMP', 93],
  ['CHAR', 1],
  ['VARCHAR', 12],
  ['NCHAR', -8],
  ['NVARCHAR', -9],
  ['SHORTTEXT', -9],
  ['ALPHANUM', -9],
  ['BINARY', -2],
  ['VARBINARY', -3],
  ['BLOB', -4],
  ['CLOB', -1],
  ['NCLOB', -10],
  ['TEXT', -10],
  ['BINTEXT', -10],
  ['ST_POINT', -4],
  ['ST_GEOMETRY', -4],
  ['REAL_VECTOR', -3],
];

describe('XDBC types', () => {
  it('have the codes of ODBC', () => {
    expect(XDBC_TYPES.map(({ typeName, dataType }) => [typeName, dataType])).toEqual(codes);
  });

  it('are there for every type that a result can have', () => {
    const names = new Set(Object.values(TYPE_MAPPING).map(({ sqlName }) => sqlName));
    expect([...names].filter((name) => xdbcType(name) === undefined)).toEqual([]);
  });

  it('of dates and times are one SQL type with sub-codes', () => {
    const rows = XDBC_TYPES.filter(({ sqlDataType }) => sqlDataType === 9);
    expect(rows.map(({ typeName, datetimeSubcode }) => [typeName, datetimeSubcode])).toEqual([
      ['DATE', 1],
      ['TIME', 2],
      ['SECONDDATE', 3],
      ['TIMESTAMP', 3],
    ]);
    const others = XDBC_TYPES.filter(({ sqlDataType }) => sqlDataType !== 9);
    expect(others.every(({ sqlDataType, dataType }) => sqlDataType === dataType)).toBe(true);
    expect(others.every(({ datetimeSubcode }) => datetimeSubcode === undefined)).toBe(true);
  });

  it('have words for what a declaration takes', () => {
    const words = XDBC_TYPES.flatMap(({ typeName, createParams }) =>
      createParams === undefined ? [] : [`${typeName}(${createParams.join(', ')})`],
    );
    expect(words).toContain('DECIMAL(PRECISION, SCALE)');
    expect(words).toContain('NVARCHAR(LENGTH)');
    expect(words).not.toContain('INTEGER()');
  });

  it('can be had by their code', () => {
    expect(xdbcTypes(93).map(({ typeName }) => typeName)).toEqual(['SECONDDATE', 'TIMESTAMP']);
    expect(xdbcTypes(0)).toEqual([]);
    expect(xdbcTypes()).toBe(XDBC_TYPES);
  });
});
