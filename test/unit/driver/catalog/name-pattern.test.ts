import { describe, expect, it } from 'vitest';
import { exactName, nameCondition } from '../../../../src/driver/catalog/name-pattern.ts';
import type { NameCondition } from '../../../../src/driver/dialect/catalog-statements.ts';

const any: NameCondition = { kind: 'any' };
const equal = (name: string): NameCondition => ({ kind: 'equal', name });
const like = (pattern: string): NameCondition => ({ kind: 'like', pattern });

const cases: readonly (readonly [string | undefined, NameCondition, string])[] = [
  [undefined, any, 'no pattern is any name'],
  ['%', any, 'any text'],
  ['%%%', any, 'any text, three times'],
  ['', equal(''), 'the empty name, which nothing has'],
  ['SALES', equal('SALES'), 'nothing special in it'],
  ['SALES%', like('SALES%'), 'a beginning'],
  ['A_B', like('A_B'), 'any character between'],
  ['A\\_B', equal('A_B'), 'an underscore'],
  ['100\\%', equal('100%'), 'a percent sign'],
  ['A\\_B%', like('A\\_B%'), 'an underscore, and any text'],
  ['A\\\\B', equal('A\\B'), 'a backslash'],
  ['A\\\\%', like('A\\\\%'), 'a backslash, and any text'],
  ['\\A%', like('A%'), 'a backslash before an ordinary character'],
  ['%\\', like('%\\\\'), 'a backslash at the end'],
  ['A\\', equal('A\\'), 'a backslash at the end without wildcards'],
  ["'; DROP TABLE T --", equal("'; DROP TABLE T --"), 'what SQL would take for its own'],
  ['😀_', like('😀_'), 'a character of two UTF-16 units'],
];

describe('a search pattern', () => {
  it.each(cases)('%j asks for %j: %s', (pattern, condition) => {
    expect(nameCondition(pattern)).toEqual(condition);
  });
});

describe('a name', () => {
  it('stands for itself, whatever is in it', () => {
    expect(exactName('A_%\\')).toEqual(equal('A_%\\'));
    expect(exactName('')).toEqual(equal(''));
    expect(exactName(undefined)).toEqual(any);
  });
});
