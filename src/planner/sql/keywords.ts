/**
 * Keywords that no unquoted name, alias or value can be. With them it is known where an expression or a
 * list of tables ends.
 */
export const CLAUSE_WORDS: ReadonlySet<string> = new Set(
  `ALL AND AS BETWEEN CASE CROSS DISTINCT ELSE END EXCEPT EXISTS FOR FROM FULL GROUP HAVING IN INNER
   INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIKE_REGEXPR LIMIT MINUS NATURAL NOT ON OR ORDER RIGHT SELECT
   SET TABLESAMPLE THEN TOP UNION USING VALUES WHEN WHERE WITH`.split(/\s+/),
);

/** Words that stand for a value though they look like a column. */
export const VALUE_WORDS: ReadonlySet<string> = new Set(
  'CURRENT_SCHEMA CURRENT_USER FALSE NULL SESSION_USER TRUE UNKNOWN'.split(' '),
);

/** Words that may stand before a parenthesis without being a function: clauses, operators, types. */
export const NO_FUNCTIONS: ReadonlySet<string> = new Set(
  `ALL AND ANY AS BETWEEN BY CASE CUBE DISTINCT ELSE ESCAPE EXCEPT EXISTS FROM GROUP HAVING HINT IN
   INTERSECT IS JOIN LATERAL LIKE LIKE_REGEXPR LIMIT MINUS NOT OFFSET ON OR OVER PARAMETERS PARTITION
   ROLLUP SELECT SETS SOME THEN TOP UNION USING VALUES WHEN WHERE
   ALPHANUM BINARY CHAR DEC DECIMAL FLOAT NCHAR NUMERIC NVARCHAR REAL_VECTOR SHORTTEXT VARBINARY
   VARCHAR`.split(/\s+/),
);
