import type { ArrowField, ArrowSchema, ArrowType } from '../../arrow/types.ts';
import { arrowTypeOf, type TypeOptions } from '../../driver/columnar/type-mapping.ts';
import type { ParameterMetadata } from '../../driver/wire/metadata.ts';

/** What gRPC of Java says of itself; Arrow's JDBC driver adds nothing to it. */
const GRPC_OF_JAVA = /^grpc-java/;

/**
 * One nullable field per parameter marker, typed as HANA describes it; unnamed ones are called by their
 * position, because some clients find parameters by name.
 *
 * Java clients are told milliseconds for times and timestamps: Arrow's JDBC driver (18.3 and 19) writes
 * milliseconds into the parameter, whatever unit its schema names.
 */
export function parameterSchema(
  parameters: readonly ParameterMetadata[],
  options: TypeOptions,
  userAgent: string | undefined,
): ArrowSchema {
  const inMilliseconds = GRPC_OF_JAVA.test(userAgent ?? '');
  return {
    fields: parameters.map((parameter, index) => {
      const field = parameterField(parameter, index, options);
      return inMilliseconds ? { ...field, type: millisecondsOf(field.type) } : field;
    }),
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

function millisecondsOf(type: ArrowType): ArrowType {
  return type.kind === 'time32' || type.kind === 'timestamp' ? { ...type, unit: 'ms' } : type;
}
