import { expect, test } from 'vitest';
import {
  CLIENT_RULES,
  clientLimits,
  endpointPolicyOf,
} from '../../../../src/proxy/partitioning/client-endpoints.ts';

// As these clients send it.
test.each([
  ['ADBC Flight SQL Driver v1.13.0 grpc-go/1.76.0', 'many'],
  ['hana-flight grpc-node-js/1.14.7', 'many'],
  ['grpc-java-netty/1.76.0', 'ordered-one'],
  ['grpc-c++/1.76.0 grpc-c/50.0.0 (linux; chttp2)', 'ordered-one'],
  ['grpc-node-js/1.13.4', 'one'],
  ['grpc-go/1.76.0', 'many'],
  ['tonic/0.14.2', 'many'],
  ['grpc-dotnet/2.71.0 (.NET 8.0.1; CLR 8.0.1; net8.0; linux; x64)', 'ordered-one'],
  ['', 'ordered-one'],
  [undefined, 'ordered-one'],
] as const)('a client that calls itself %j is served: %s', (userAgent, policy) => {
  expect(endpointPolicyOf(userAgent, [])).toBe(policy);
});

test('rules of the settings come first, the first that fits counts, in any case', () => {
  const overrides = [
    { pattern: 'GRPC-C++', endpoints: 'many' },
    { pattern: 'grpc', endpoints: 'one' },
  ] as const;
  expect(endpointPolicyOf('grpc-c++/1.76.0', overrides)).toBe('many');
  expect(endpointPolicyOf('grpc-java-netty/1.76.0', overrides)).toBe('one');
  expect(endpointPolicyOf('tonic/0.14.2', overrides)).toBe('many');
});

test('the limits of a plan give the reason', () => {
  expect(clientLimits('tonic/0.14.2', [])).toEqual({});
  expect(clientLimits('grpc-java-netty/1', [])).toEqual({
    orderedInOne: 'the JDBC driver mixes the rows of several endpoints',
  });
  expect(clientLimits('tonic/1', [{ pattern: 'tonic', endpoints: 'one' }])).toEqual({
    oneEndpoint: '--client-endpoints says so for clients of "tonic"',
  });
});

test('every rule can be reached', () => {
  for (const [index, { pattern }] of CLIENT_RULES.entries()) {
    const first = CLIENT_RULES.findIndex((rule) =>
      pattern.toLowerCase().includes(rule.pattern.toLowerCase()),
    );
    expect(first).toBe(index);
  }
});
