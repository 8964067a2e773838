import { describeForeign } from './foreign-suite.ts';
import { pythonSuite } from './python-programs.ts';

await describeForeign(
  pythonSuite(
    { program: 'partitioned.py', rows: 200_000, flags: ['--pool-max', '2'] },
    {
      title: 'results of many endpoints through the ADBC driver',
      cases: [
        '16 endpoints over two connections to HANA: one reader gets every row',
        'four such queries at once all end with every row, and none waits three times as long as another',
        'inside a transaction that has changed nothing, too',
        'DuckDB aggregates a result of 32 endpoints as HANA does',
        'Polars aggregates a result of 32 endpoints as HANA does',
        'an ordered result keeps its order over 32 endpoints',
      ],
    },
  ),
);
