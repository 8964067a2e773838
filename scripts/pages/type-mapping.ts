import {
  DEFAULT_TYPE_OPTIONS,
  TYPE_MAPPING,
  type TypeMapping,
} from '../../src/driver/columnar/type-mapping.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import type { Page } from './page.ts';

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/driver/columnar/type-mapping.ts; edit that table, not this page. -->

# Types

What each type of HANA becomes in Arrow. Every field is nullable. A value that its Arrow type cannot hold ends the
stream with an error that names row, column and type; nothing is rounded, wrapped or replaced silently, except where
this page says so.

Decimals without a fixed scale are \`${DEFAULT_TYPE_OPTIONS.floatingDecimal}\` unless set otherwise. TIMESTAMP has
the unit \`${DEFAULT_TYPE_OPTIONS.timestampUnit}\` unless set otherwise. The empty date \`''\` is
${DEFAULT_TYPE_OPTIONS.emptyDate.toUpperCase()} unless it is set to be an error. Timestamps have no time zone, as HANA's have none.

Dates keep the label that HANA prints. HANA counts by the Julian calendar before 1582-10-15 and Arrow by the Gregorian
one throughout, so differences between dates on both sides of that day change. 29 February of the years 100, 200, 300,
500, 600, 700, 900, 1000, 1100, 1300, 1400 and 1500 exists in HANA only and is an error.

Arrays, and type codes that are not below, are refused when the statement is described.
`;

/** docs/type-mapping.md: HANA's types and Arrow's. */
export const typeMappingPage: Page = {
  path: 'docs/type-mapping.md',
  render: () =>
    [
      INTRODUCTION,
      '| HANA type | type code | Arrow type | remarks |',
      '| --- | --- | --- | --- |',
      ...Object.entries(TypeCode).map(([name, code]) => row(name, code, TYPE_MAPPING[code])),
      '',
    ].join('\n'),
};

function row(
  codeName: string,
  code: TypeCode,
  { sqlName, arrowName, reason }: TypeMapping,
): string {
  return `| ${sqlName} | ${code} ${codeName} | ${arrowName} | ${reason} |`;
}
