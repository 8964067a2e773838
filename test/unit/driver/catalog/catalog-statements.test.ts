import { describe, expect, it } from 'vitest';
import {
  catalogStatements,
  type NameCondition,
} from '../../../../src/driver/dialect/catalog-statements.ts';

const any: NameCondition = { kind: 'any' };
const equal: NameCondition = { kind: 'equal', name: "it's" };
const like: NameCondition = { kind: 'like', pattern: "it's\\_%" };

const count = (sql: string, word: string): number => sql.split(word).length - 1;

describe('queries on the catalog', () => {
  it('bind names in the order of their markers, and paste none', () => {
    const queries = [
      catalogStatements.schemas(like),
      catalogStatements.objects({ schema: equal, table: like }, { tables: true, views: true }),
      catalogStatements.columns({ schema: like, table: equal }, { tables: true, views: true }),
      catalogStatements.primaryKeys({ schema: any, table: equal }),
      catalogStatements.foreignKeys({ schema: equal, table: equal }, { schema: any, table: equal }),
    ];
    expect(queries.map(({ parameters }) => parameters)).toEqual([
      ["it's\\_%"],
      ["it's", "it's\\_%", "it's", "it's\\_%"],
      ["it's\\_%", "it's", "it's\\_%", "it's"],
      ["it's"],
      ["it's", "it's", "it's"],
    ]);
    for (const { sql, parameters } of queries) {
      expect(count(sql, '?')).toBe(parameters.length);
      expect(sql).not.toContain("it's");
    }
  });

  it('have an escape character where there is a pattern', () => {
    expect(catalogStatements.schemas(like).sql).toBe(
      "SELECT SCHEMA_NAME FROM SYS.SCHEMAS WHERE SCHEMA_NAME LIKE ? ESCAPE '\\'",
    );
    expect(catalogStatements.schemas(any).sql).toBe('SELECT SCHEMA_NAME FROM SYS.SCHEMAS');
  });

  it('ask only the views of what is wanted', () => {
    const condition = { schema: any, table: equal };
    const { objects } = catalogStatements;
    const tables = objects(condition, { tables: true, views: false });
    const views = objects(condition, { tables: false, views: true });
    expect(tables.sql).not.toContain('SYS.VIEWS');
    expect(views.sql).not.toContain('SYS.TABLES');
    expect([tables.parameters, views.parameters]).toEqual([["it's"], ["it's"]]);
  });
});
