import { Metadata, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { encodeSchemaMessage } from '../arrow/ipc-schema.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { HanaFlightError } from '../core/errors.ts';
import { BatchSender } from './batch-sender.ts';
import type { CallScope } from './call-scope.ts';
import type { CallServer, Duplex, ServedCall, Streaming } from './call-server.ts';
import { FrameSink } from './frame-sink.ts';
import { answerHandshake } from './handshake.ts';
import type { Call, FlightSqlProducer } from './producer.ts';
import { DESCRIPTOR_TYPE, FLIGHT, type FlightDescriptor, flightService } from './protocol.ts';
import { offeredActions, runAction } from './sql/actions.ts';
import {
  type FlightPlan,
  type ParsedCommand,
  parseCommand,
  runCommand,
  unimplementedCommand,
} from './sql/commands.ts';
import { readFirstMessage } from './upload.ts';

/**
 * The paths of the RPCs for grpc-js, which passes messages through as bytes: they are read here, so
 * that a malformed one is an INVALID_ARGUMENT like any other, and FlightData is written without an
 * extra copy.
 */
export const FLIGHT_SERVICE: ServiceDefinition = Object.fromEntries(
  Object.entries(flightService).map(([name, { path, requestStream, responseStream }]) => [
    name,
    {
      path,
      requestStream,
      responseStream,
      requestSerialize: passBytes,
      requestDeserialize: passBytes,
      responseSerialize: passBytes,
      responseDeserialize: passBytes,
    },
  ]),
);

export interface FlightServiceOptions {
  readonly producer: FlightSqlProducer;
  readonly authenticator: Authenticator;
  /** Largest FlightData message that is sent. */
  readonly maxMessageBytes: number;
}

interface Upload {
  readonly call: Call;
  readonly command: ParsedCommand;
  /** FlightData.data_header of the first message. */
  readonly schemaHeader: Uint8Array;
}

/** The ten RPCs of Flight, each a few lines, for any producer. */
export class FlightService {
  readonly #calls: CallServer;
  readonly #options: FlightServiceOptions;

  constructor(calls: CallServer, options: FlightServiceOptions) {
    this.#calls = calls;
    this.#options = options;
  }

  handlers(): UntypedServiceImplementation {
    const calls = this.#calls;
    const { producer, authenticator } = this.#options;
    return {
      Handshake: calls.duplex('Handshake', (stream, scope) =>
        answerHandshake(stream, scope, authenticator),
      ),
      GetFlightInfo: calls.unary('GetFlightInfo', (request, served) =>
        this.#getFlightInfo(request, served),
      ),
      GetSchema: calls.unary('GetSchema', (request, served) => this.#getSchema(request, served)),
      PollFlightInfo: calls.unary('PollFlightInfo', async (request, { scope }) => {
        const { name } = commandOf(FLIGHT.descriptor.decode(request), scope);
        throw unimplementedCommand('PollFlightInfo', name);
      }),
      DoGet: calls.streaming('DoGet', (stream, served) => this.#doGet(stream, served)),
      DoAction: calls.streaming('DoAction', (stream, served) => this.#doAction(stream, served)),
      // Flight SQL has no flights to browse; an empty list keeps clients content that ask for one.
      ListFlights: calls.streaming('ListFlights', async () => undefined),
      ListActions: calls.streaming('ListActions', async (stream) => {
        for (const { type, doc } of offeredActions(producer)) {
          stream.write(FLIGHT.actionType.encode({ type, description: doc }));
        }
      }),
      DoPut: calls.duplex('DoPut', (stream, scope) => this.#doPut(stream, scope)),
      DoExchange: calls.duplex('DoExchange', async (stream, scope) => {
        const { command } = await this.#openUpload('DoExchange', stream, scope);
        throw unimplementedCommand('DoExchange', command.name);
      }),
    };
  }

  async #getFlightInfo(request: Buffer, { scope, call }: ServedCall): Promise<Buffer> {
    const descriptor = FLIGHT.descriptor.decode(request);
    const command = commandOf(descriptor, scope);
    const { producer } = this.#options;
    return encodeFlightInfo(
      descriptor,
      await runCommand('GetFlightInfo', command, { producer, call }),
    );
  }

  async #getSchema(request: Buffer, { scope, call }: ServedCall): Promise<Buffer> {
    const command = commandOf(FLIGHT.descriptor.decode(request), scope);
    const { producer } = this.#options;
    const schema = await runCommand('GetSchema', command, { producer, call });
    return FLIGHT.schemaResult.encode({ schema: encodeSchemaMessage(schema) });
  }

  async #doGet(stream: Streaming, { scope, call }: ServedCall): Promise<void> {
    const { ticket } = FLIGHT.ticket.decode(stream.request);
    const command = parseCommand(ticket, 'ticket');
    scope.record.command = command.name;
    // Rust's client gives up after 20 s without headers, however long the query takes.
    stream.sendMetadata(new Metadata());
    const { producer, maxMessageBytes } = this.#options;
    const result = await runCommand('DoGet', command, { producer, call });
    const sink = new FrameSink(stream, scope.signal);
    await new BatchSender(sink, maxMessageBytes, scope.record).send(result);
  }

  async #doAction(stream: Streaming, { scope, call }: ServedCall): Promise<void> {
    const { type, body } = FLIGHT.action.decode(stream.request);
    scope.record.command = type;
    const { producer } = this.#options;
    for (const result of await runAction(type, body, { producer, call })) {
      stream.write(FLIGHT.result.encode({ body: result }));
    }
  }

  async #doPut(stream: Duplex, scope: CallScope): Promise<void> {
    const { command, call, schemaHeader } = await this.#openUpload('DoPut', stream, scope);
    // As in DoGet: an update may take long, too.
    stream.sendMetadata(new Metadata());
    const { producer } = this.#options;
    const appMetadata = await runCommand('DoPut', command, { producer, call, schemaHeader });
    stream.write(FLIGHT.putResult.encode({ app_metadata: appMetadata }));
  }

  /** What an upload is for: its first message tells. */
  async #openUpload(rpc: string, stream: Duplex, scope: CallScope): Promise<Upload> {
    // Both at once, so that neither fails unheard while the other is waited for.
    const [{ call }, message] = await Promise.all([
      this.#calls.authenticate(scope),
      readFirstMessage(rpc, stream, scope.signal),
    ]);
    const command = commandOf(FLIGHT.descriptor.decode(message.descriptor), scope);
    return { call, command, schemaHeader: message.header };
  }
}

function commandOf(descriptor: FlightDescriptor, scope: CallScope): ParsedCommand {
  if (descriptor.type !== DESCRIPTOR_TYPE.cmd) {
    const got = descriptor.type === DESCRIPTOR_TYPE.path ? 'PATH' : `${descriptor.type}`;
    throw new HanaFlightError(
      'invalid-argument',
      `flight descriptor: expected the type CMD with a Flight SQL command, got ${got}`,
    );
  }
  const command = parseCommand(descriptor.cmd, 'flight descriptor');
  scope.record.command = command.name;
  return command;
}

function encodeFlightInfo(descriptor: FlightDescriptor, plan: FlightPlan): Buffer {
  return FLIGHT.info.encode({
    schema: encodeSchemaMessage(plan.schema),
    flight_descriptor: descriptor,
    // No location means "from here", the one form that every client follows.
    endpoint: plan.tickets.map((ticket) => ({ ticket: { ticket } })),
    total_records: plan.totalRecords,
    total_bytes: -1,
    ordered: plan.ordered,
  });
}

function passBytes(bytes: Buffer): Buffer {
  return bytes;
}
