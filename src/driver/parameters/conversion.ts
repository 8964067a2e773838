import type { ParameterMetadata } from '../wire/metadata.ts';
import type { ParameterColumn } from './parameter-column.ts';
import type { RowPlace } from './parameter-place.ts';
import type { ParameterTarget } from './parameter-target.ts';
import type { SourceColumn } from './source-column.ts';

/** A column of one batch and the parameter that it goes into. */
export interface Binding {
  readonly source: SourceColumn;
  readonly parameter: ParameterMetadata;
  readonly target: ParameterTarget;
  /** Names a row in errors. */
  readonly place: RowPlace;
}

/** Chooses once a batch how the values of a column are written. */
export type Conversion = (binding: Binding) => ParameterColumn;
