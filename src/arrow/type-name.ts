import type { ArrowType } from './types.ts';

/** The type as Arrow's documentation spells it, for messages: `timestamp[us, UTC]`. */
export function arrowTypeName(type: ArrowType): string {
  if (type.kind === 'int') return `${type.signed ? 'int' : 'uint'}${type.bits}`;
  if (type.kind === 'float') return `float${type.bits}`;
  if (type.kind === 'decimal128') return `decimal128(${type.precision}, ${type.scale})`;
  if (type.kind === 'time32' || type.kind === 'time64') return `${type.kind}[${type.unit}]`;
  if (type.kind === 'list') return `list<${arrowTypeName(type.item.type)}>`;
  if (type.kind === 'fixed-size-list') {
    return `fixed_size_list<${arrowTypeName(type.item.type)}>[${type.size}]`;
  }
  if (type.kind === 'timestamp') {
    return `timestamp[${type.unit}${type.timezone === undefined ? '' : `, ${type.timezone}`}]`;
  }
  return type.kind;
}
