import { createRequire } from 'node:module';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);

/** What a set of .proto files defines, as plain text: one line per field, value and RPC. */
export interface Specification {
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly rpcs: Readonly<Record<string, string>>;
}

/** Reads .proto files with protobufjs; google's own types are left out. */
export function specificationOf(files: readonly string[]): Specification {
  const root = new protobuf.Root();
  const resolvePath = root.resolvePath.bind(root);
  root.resolvePath = (origin, target) => {
    // Of google's files protobufjs has all built in but this one, which it ships as a file.
    if (target === 'google/protobuf/descriptor.proto')
      return require.resolve(`protobufjs/${target}`);
    return target.startsWith('google/protobuf/') ? target : resolvePath(origin, target);
  };
  root.loadSync([...files], { keepCase: true }).resolveAll();
  const messages: Record<string, Record<string, string>> = {};
  const enums: Record<string, Record<string, number>> = {};
  const rpcs: Record<string, string> = {};
  for (const object of definitionsIn(root)) {
    const name = object.fullName.slice(1);
    if (object instanceof protobuf.Type) messages[name] = fieldsOf(object);
    if (object instanceof protobuf.Enum) enums[name] = { ...object.values };
    if (object instanceof protobuf.Service) Object.assign(rpcs, rpcsOf(object));
  }
  return { messages, enums, rpcs };
}

/** Every way in which `actual` differs from `expected`, as sentences. */
export function differences(expected: Specification, actual: Specification): readonly string[] {
  const lines = new Set(linesOf(expected));
  const actualLines = new Set(linesOf(actual));
  return [
    ...[...lines].filter((line) => !actualLines.has(line)).map((line) => `missing: ${line}`),
    ...[...actualLines].filter((line) => !lines.has(line)).map((line) => `unexpected: ${line}`),
  ];
}

function linesOf({ messages, enums, rpcs }: Specification): readonly string[] {
  return [
    ...Object.keys(messages).map((name) => `message ${name}`),
    ...entriesOf(messages).map(([type, field, text]) => `${type}.${field}: ${text}`),
    ...entriesOf(enums).map(([type, value, number]) => `${type}.${value} = ${number}`),
    ...Object.entries(rpcs).map(([name, text]) => `rpc ${name}: ${text}`),
  ];
}

function entriesOf<T>(
  types: Readonly<Record<string, Readonly<Record<string, T>>>>,
): readonly (readonly [string, string, T])[] {
  return Object.entries(types).flatMap(([type, members]) =>
    Object.entries(members).map(([member, value]) => [type, member, value] as const),
  );
}

function* definitionsIn(namespace: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const object of namespace.nestedArray) {
    if (object.fullName.startsWith('.google')) continue;
    yield object;
    if (object instanceof protobuf.Namespace) yield* definitionsIn(object);
  }
}

function fieldsOf(type: protobuf.Type): Record<string, string> {
  return Object.fromEntries(type.fieldsArray.map((field) => [field.name, fieldText(field)]));
}

function fieldText(field: protobuf.Field): string {
  const type = field.resolvedType?.fullName.slice(1) ?? field.type;
  if (field instanceof protobuf.MapField) {
    return `map<${field.keyType}, ${type}> = ${field.id}`;
  }
  const optional = field.options?.['proto3_optional'] === true;
  const oneof = field.partOf !== null && !optional ? `oneof ${field.partOf.name} ` : '';
  const label = field.repeated ? 'repeated ' : optional ? 'optional ' : '';
  return `${oneof}${label}${type} = ${field.id}`;
}

function rpcsOf(service: protobuf.Service): Record<string, string> {
  return Object.fromEntries(
    service.methodsArray.map((method) => [
      method.fullName.slice(1),
      `${method.requestStream ? 'stream ' : ''}${method.requestType} -> ${
        method.responseStream ? 'stream ' : ''
      }${method.responseType}`,
    ]),
  );
}
