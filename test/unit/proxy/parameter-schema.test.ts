import { describe, expect, test } from 'vitest';
import { DEFAULT_TYPE_OPTIONS } from '../../../src/driver/columnar/type-mapping.ts';
import type { ParameterMetadata } from '../../../src/driver/wire/metadata.ts';
import { parameterSchema } from '../../../src/proxy/statements/parameter-schema.ts';

const SECONDTIME = 64;
const LONGDATE = 61;
const SECONDDATE = 62;
const INTEGER = 3;

function parameters(...typeCodes: readonly number[]): readonly ParameterMetadata[] {
  return typeCodes.map((typeCode) => ({
    typeCode,
    nullable: false,
    mode: 'in',
    length: 0,
    scale: 0,
    name: undefined,
  }));
}

function unitsFor(userAgent: string | undefined): readonly (string | undefined)[] {
  const metadata = parameters(SECONDTIME, LONGDATE, SECONDDATE, INTEGER);
  const { fields } = parameterSchema(metadata, DEFAULT_TYPE_OPTIONS, userAgent);
  return fields.map(({ type }) => ('unit' in type ? type.unit : undefined));
}

describe('the schema of parameters', () => {
  test('has a nullable field for each marker, called by its position', () => {
    const { fields } = parameterSchema(
      parameters(INTEGER, LONGDATE),
      DEFAULT_TYPE_OPTIONS,
      undefined,
    );
    expect(fields.map(({ name, nullable }) => [name, nullable])).toEqual([
      ['1', true],
      ['2', true],
    ]);
  });

  test('has the units of HANA', () => {
    expect(unitsFor('grpc-go/1.83.2')).toEqual(['s', 'us', 's', undefined]);
    expect(unitsFor(undefined)).toEqual(['s', 'us', 's', undefined]);
  });

  test('has milliseconds for Java, whose JDBC driver writes nothing else', () => {
    expect(unitsFor('grpc-java-netty/1.71.0')).toEqual(['ms', 'ms', 'ms', undefined]);
  });
});
