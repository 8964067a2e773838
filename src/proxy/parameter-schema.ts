import type { ArrowField, ArrowSchema } from '../arrow/types.ts';
import { arrowTypeOf, type TypeOptions } from '../driver/columnar/type-mapping.ts';
import type { ParameterMetadata } from '../driver/wire/metadata.ts';

/**
 * One nullable field per parameter marker, typed as HANA describes it; unnamed ones are called by their
 * position, because some clients find parameters by name.
 */
export function parameterSchema(
  parameters: readonly ParameterMetadata[],
  options: TypeOptions,
): ArrowSchema {
  return {
    fields: parameters.map((parameter, index) => parameterField(parameter, index, options)),
  };
}

function parameterField(
  parameter: ParameterMetadata,
  index: number,
  options: TypeOptions,
): ArrowField {
  return {
    name: parameter.name ?? String(index + 1),
    type: arrowTypeOf(parameter, options),
    nullable: true,
  };
}
