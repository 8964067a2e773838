import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectHana } from '../../../../src/driver/session/connect.ts';
import { findPart, requirePart } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { decodeClientInfo } from '../../../../src/driver/wire/parts/client-info.ts';
import { decodeCommand } from '../../../../src/driver/wire/parts/command.ts';
import { ConnectOption } from '../../../../src/driver/wire/parts/connect-options.ts';
import { encodeErrors } from '../../../../src/driver/wire/parts/error.ts';
import { decodeOptions, encodeOptions } from '../../../../src/driver/wire/parts/options.ts';
import { failureOf } from '../../../support/failure.ts';
import { demoCredentials, logOnTo, scriptedHana } from '../../../support/hana-under-test.ts';
import { loopbackCertificate, loopbackKey } from '../../../support/loopback-certificate.ts';
import type { ScriptedHanaOptions } from '../../../support/scripted-hana.ts';
import { numbers } from '../../../support/scripted-tables.ts';

const healthy = () => numbers({ packets: 1, rowsPerPacket: 1 });

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected an address');
  return address.port;
}

const connectTo = (port: number, options = {}) =>
  connectHana({ host: '127.0.0.1', port }, demoCredentials, options);

describe('a logon', () => {
  test('yields a connection with the id HANA gave it', async () => {
    const connection = await logOnTo((await scriptedHana(healthy())).port);
    expect(connection.connectionId).toBe(4711);
    expect(connection.usable).toBe(true);
    expect(connection.reusable).toBe(true);
  });

  test('asks for data format version 8, or 9 for vectors', async () => {
    const asked: unknown[] = [];
    const hana = await scriptedHana(healthy(), {
      logon: (request) => {
        const options = findPart(request, PartKind.CONNECTOPTIONS);
        if (options !== undefined) {
          asked.push(decodeOptions(options).get(ConnectOption.DATA_FORMAT_VERSION2)?.value);
        }
        return false;
      },
    });
    await logOnTo(hana.port);
    await logOnTo(hana.port, { vectors: true });
    expect(asked).toEqual([8, 9]);
  });

  test('names application, version and user in the first request', async () => {
    const variables: Record<string, string>[] = [];
    const hana = await scriptedHana((request, wire) => {
      const info = findPart(request, PartKind.CLIENTINFO);
      if (info !== undefined) variables.push(Object.fromEntries(decodeClientInfo(info)));
      return healthy()(request, wire);
    });
    const connection = await logOnTo(hana.port, {
      applicationVersion: '1.2.3',
      applicationUser: 'ALICE',
    });
    await connection.validate();
    await connection.validate();
    expect(variables).toEqual([
      { APPLICATION: 'hana-flight', APPLICATIONVERSION: '1.2.3', APPLICATIONUSER: 'ALICE' },
    ]);
  });

  test('sets the schema of the endpoint, and the session counts as fresh after that', async () => {
    const texts: string[] = [];
    const hana = await scriptedHana((request, wire) => {
      texts.push(decodeCommand(requirePart(request, PartKind.COMMAND)));
      wire.reply(1);
    });
    const endpoint = { host: '127.0.0.1', port: hana.port, currentSchema: 'My "Schema"' };
    const connection = await connectHana(endpoint, demoCredentials);
    onTestFinished(() => connection.destroy(new Error('the test is over')));
    expect(texts).toEqual(['SET SCHEMA "My ""Schema"""']);
    expect(connection.reusable).toBe(true);
  });

  test('asks for the connection id when HANA did not tell it', async () => {
    const hana = await scriptedHana(numbers({ packets: 1, rowsPerPacket: 1 }), {
      logon: withoutConnectionId(),
    });
    const connection = await logOnTo(hana.port);
    expect(connection.connectionId).toBe(0);
    expect(hana.requests).toContain(MessageType.EXECUTEDIRECT);
  });

  test('follows HANA Cloud to another host through a guarded connection', async () => {
    const target = await scriptedHana(healthy());
    const gateway = await scriptedHana(healthy(), {
      logon: (_request, wire) => {
        const record = {
          code: -1,
          position: 0,
          level: 'error',
          sqlState: 'HY000',
          text: '',
        } as const;
        const redirect = encodeOptions(
          PartKind.DBCONNECTINFO,
          new Map([
            [2, { type: 'string', value: '127.0.0.1' }],
            [3, { type: 'int', value: target.port }],
          ]),
        );
        wire.socket.write(wire.packet(0, [encodeErrors([record]), redirect], 'error'));
        return true;
      },
    });
    const connection = await logOnTo(gateway.port);
    expect(await connection.validate()).toBe(true);
    expect(gateway.requests).toEqual([MessageType.AUTHENTICATE]);
    expect(target.requests.slice(0, 2)).toEqual([MessageType.AUTHENTICATE, MessageType.CONNECT]);
  });

  test('goes to the port of the tenant database', async () => {
    const tenant = await scriptedHana(healthy());
    const system = await scriptedHana(healthy(), {
      logon: (_request, wire) => {
        const options = new Map([
          [4, { type: 'boolean', value: false }],
          [2, { type: 'string', value: '127.0.0.1' }],
          [3, { type: 'int', value: tenant.port }],
        ] as const);
        wire.reply(0, [encodeOptions(PartKind.DBCONNECTINFO, options)]);
        return true;
      },
    });
    const endpoint = { host: '127.0.0.1', port: system.port, databaseName: 'HXE' };
    const connection = await connectHana(endpoint, demoCredentials);
    onTestFinished(() => connection.destroy(new Error('the test is over')));
    expect(await connection.validate()).toBe(true);
    expect(system.requests).toEqual([MessageType.DBCONNECTINFO]);
  });
});

/** Passes the usual answer to CONNECT on without its connect options. */
function withoutConnectionId(): ScriptedHanaOptions['logon'] {
  return (_request, wire) => {
    const reply = wire.reply.bind(wire);
    wire.reply = (functionCode, parts) =>
      reply(
        functionCode,
        parts?.filter(({ kind }) => kind !== PartKind.CONNECTOPTIONS),
      );
    return false;
  };
}

describe('a logon fails', () => {
  test('as unauthenticated with a wrong password, with HANA 10', async () => {
    const { port } = await scriptedHana(healthy());
    const credentials = { ...demoCredentials, password: 'wrong' };
    const failure = await failureOf(connectHana({ host: '127.0.0.1', port }, credentials));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.hana?.code).toBe(10);
  });

  test('as unavailable where nobody listens, with the cause', async () => {
    const failure = await failureOf(connectTo(1));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('127.0.0.1:1');
    expect(failure.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('as unavailable when the server accepts and says nothing', async () => {
    const port = await listening(createServer(() => {}));
    const failure = await failureOf(connectTo(port, { connectTimeoutMs: 50 }));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('within 50 ms (connectTimeoutMs)');
  });

  test('as unavailable when HANA falls silent in the middle of it', async () => {
    const { port } = await scriptedHana(healthy(), { logon: () => true });
    const failure = await failureOf(connectTo(port, { connectTimeoutMs: 50 }));
    expect(failure.message).toContain('connectTimeoutMs');
  });

  test('as cancelled when the caller gives up', async () => {
    const { port } = await scriptedHana(healthy(), { logon: () => true });
    const abort = new AbortController();
    const attempt = connectTo(port, { signal: abort.signal });
    setTimeout(() => abort.abort(), 10);
    expect((await failureOf(attempt)).code).toBe('cancelled');
  });

  test('as malformed when the other end is no HANA', async () => {
    const port = await listening(
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect((await failureOf(connectTo(port))).code).toBe('malformed-packet');
  });

  test('as unavailable, with the process alive, when HANA goes away while the password is hashed', async () => {
    const { port } = await scriptedHana(healthy(), {
      logon: (request, wire) => {
        if (request.messageType !== MessageType.AUTHENTICATE) return false;
        const write = wire.socket.write.bind(wire.socket);
        wire.socket.write = (bytes: Uint8Array | string) => {
          write(bytes);
          wire.socket.destroySoon();
          return true;
        };
        return false;
      },
    });
    const failures = await Promise.all(
      Array.from({ length: 10 }, () => failureOf(connectTo(port))),
    );
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['unavailable']));
    // Time for the hashing, on another thread, to come back to node-hdb.
    await new Promise((resolve) => setTimeout(resolve, 200));
  });

  test('as unavailable when the initialization reply is cut short', async () => {
    const { port } = await scriptedHana(healthy(), {
      initialization: (socket) => socket.end(Buffer.from([4, 20, 0])),
    });
    expect((await failureOf(connectTo(port))).code).toBe('unavailable');
  });
});

test('an initialization reply that comes in pieces is put together', async () => {
  const { port } = await scriptedHana(healthy(), {
    initialization: (socket) => {
      socket.setNoDelay(true);
      socket.write(Buffer.from([4, 20, 0]));
      setTimeout(() => socket.write(Buffer.from([4, 1, 0, 0, 0])), 20);
    },
  });
  expect((await logOnTo(port)).usable).toBe(true);
});

/** A scripted HANA behind TLS. */
async function secureHana(): Promise<number> {
  const hana = await scriptedHana(healthy());
  const tls = createTlsServer({ cert: loopbackCertificate, key: loopbackKey }, (client) => {
    const upstream = connectPlain(hana.port);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  return listening(tls);
}

describe('over TLS', () => {
  test('a certificate that nobody vouches for is a failed precondition', async () => {
    const tls = { validateCertificate: true };
    const endpoint = { host: '127.0.0.1', port: await secureHana(), tls };
    const failure = await failureOf(connectHana(endpoint, demoCredentials));
    expect(failure.code).toBe('failed-precondition');
  });

  test('the file with authorities decides whom to trust', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, loopbackCertificate);
    const tls = { validateCertificate: true, caFile, serverName: 'localhost' };
    const endpoint = { host: '127.0.0.1', port: await secureHana(), tls };
    const connection = await connectHana(endpoint, demoCredentials);
    expect(await connection.validate()).toBe(true);
    await connection.close();
  });

  test('validation can be switched off', async () => {
    const tls = { validateCertificate: false };
    const endpoint = { host: '127.0.0.1', port: await secureHana(), tls };
    const connection = await connectHana(endpoint, demoCredentials);
    expect(connection.usable).toBe(true);
    await connection.close();
  });

  test('a file with authorities that cannot be read is named', async () => {
    const tls = { validateCertificate: true, caFile: '/nowhere/ca.pem' };
    const failure = await failureOf(
      connectHana({ host: '127.0.0.1', port: 1, tls }, demoCredentials),
    );
    expect(failure.code).toBe('failed-precondition');
    expect(failure.message).toContain('/nowhere/ca.pem');
  });
});
