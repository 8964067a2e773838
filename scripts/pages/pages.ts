import { configurationPage } from './configuration.ts';
import { errorsPage } from './errors.ts';
import { flightSqlCoveragePage } from './flight-sql-coverage.ts';
import { hanaUrlPage } from './hana-url.ts';
import type { Page } from './page.ts';
import { partitioningPage } from './partitioning.ts';
import { typeMappingPage } from './type-mapping.ts';

/** Every generated page; `npm run generate` writes them, a test compares them. */
export const PAGES: readonly Page[] = [
  configurationPage,
  errorsPage,
  flightSqlCoveragePage,
  hanaUrlPage,
  partitioningPage,
  typeMappingPage,
];
