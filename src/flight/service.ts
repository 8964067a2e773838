import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { encodeSchemaMessage } from '../arrow/ipc-schema.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { HanaFlightError } from '../core/errors.ts';
import { BatchSender, type MessageOptions } from './batch-sender.ts';
import type { CallScope } from './call-scope.ts';
import type { CallServer, Duplex, ServedCall, Streaming } from './call-server.ts';
import { requestedCompression } from './compression-header.ts';
import { encodeFlightInfo, encodePollInfo } from './flight-info.ts';
import { FrameSink } from './frame-sink.ts';
import { answerHandshake } from './handshake.ts';
import { IncomingMessages } from './incoming-messages.ts';
import type {
  Call,
  FlightPlan,
  FlightProgress,
  FlightSqlProducer,
  ResultStream,
} from './producer.ts';
import { DESCRIPTOR_TYPE, FLIGHT, type FlightDescriptor, flightService } from './protocol.ts';
import { ReaderProgress } from './reader-progress.ts';
import { offeredActions, runAction } from './sql/actions.ts';
import { offers } from './sql/command-table.ts';
import {
  findCommand,
  type ParsedCommand,
  parseCommand,
  runCommand,
  unimplementedCommand,
} from './sql/commands.ts';
import { readFirstMessage, Upload } from './upload.ts';

/**
 * The paths of the RPCs for grpc-js, which passes messages through as bytes: they are read here, so
 * that a malformed one is an INVALID_ARGUMENT like any other, and FlightData is written without a copy.
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
  /** For results of calls that do not ask for another compression. */
  readonly messages: MessageOptions;
  /** A client that takes nothing of a result for this long is given up. */
  readonly readerTimeoutMs: number;
}

/** An upload whose first message has been read. */
interface StartedUpload {
  readonly call: Call;
  readonly command: ParsedCommand;
  readonly upload: Upload;
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
      PollFlightInfo: calls.unary('PollFlightInfo', (request, served) =>
        this.#pollFlightInfo(request, served),
      ),
      DoGet: calls.streaming('DoGet', (stream, served) => this.#doGet(stream, served)),
      DoAction: calls.streaming('DoAction', (stream, served) => this.#doAction(stream, served)),
      // Flight SQL has no flights to browse; an empty list keeps clients content that ask for one.
      ListFlights: calls.streaming('ListFlights', async () => undefined),
      ListActions: calls.streaming('ListActions', async (stream, { scope }) => {
        scope.answer.send();
        for (const { type, doc } of offeredActions(producer)) {
          stream.write(FLIGHT.actionType.encode({ type, description: doc }));
        }
      }),
      DoPut: calls.duplex('DoPut', (stream, scope) => this.#doPut(stream, scope)),
      DoExchange: calls.duplex('DoExchange', async (stream, scope) => {
        const { command } = await this.#startUpload('DoExchange', stream, scope);
        throw unimplementedCommand('DoExchange', command.name);
      }),
    };
  }

  async #getFlightInfo(request: Buffer, served: ServedCall): Promise<Buffer> {
    const descriptor = FLIGHT.descriptor.decode(request);
    return encodeFlightInfo(descriptor, await this.#plan('GetFlightInfo', descriptor, served));
  }

  async #pollFlightInfo(request: Buffer, served: ServedCall): Promise<Buffer> {
    const descriptor = FLIGHT.descriptor.decode(request);
    const bytes = commandBytes(descriptor);
    const context = { producer: this.#options.producer, call: served.call };
    const polled =
      findCommand(bytes) === undefined && offers(context, 'pollFlight')
        ? await context.producer.pollFlight(bytes, served.call)
        : undefined;
    return encodePollInfo(descriptor, polled ?? (await this.#complete(descriptor, served)));
  }

  /** What is planned at once needs no second poll. */
  async #complete(descriptor: FlightDescriptor, served: ServedCall): Promise<FlightProgress> {
    return { plan: await this.#plan('PollFlightInfo', descriptor, served), progress: 1 };
  }

  #plan(
    asked: string,
    descriptor: FlightDescriptor,
    { scope, call }: ServedCall,
  ): Promise<FlightPlan> {
    const context = { producer: this.#options.producer, call };
    const bytes = commandBytes(descriptor);
    if (findCommand(bytes) === undefined && offers(context, 'planFlight')) {
      return context.producer.planFlight(bytes, call);
    }
    const command = commandIn(bytes, 'flight descriptor', scope);
    return runCommand('GetFlightInfo', command, context, asked);
  }

  async #getSchema(request: Buffer, { scope, call }: ServedCall): Promise<Buffer> {
    const bytes = commandBytes(FLIGHT.descriptor.decode(request));
    const context = { producer: this.#options.producer, call };
    const schema =
      findCommand(bytes) === undefined && offers(context, 'planFlight')
        ? (await context.producer.planFlight(bytes, call)).schema
        : await runCommand('GetSchema', commandIn(bytes, 'flight descriptor', scope), context);
    return FLIGHT.schemaResult.encode({ schema: encodeSchemaMessage(schema) });
  }

  async #doGet(stream: Streaming, served: ServedCall): Promise<void> {
    const { scope, call } = served;
    const { messages } = this.#options;
    const compression = requestedCompression(call.headers, messages.compression);
    const { ticket } = FLIGHT.ticket.decode(stream.request);
    const result = await this.#open(ticket, { scope, call: { ...call, compression } });
    const { progress = new ReaderProgress() } = result;
    const { signal, record } = scope;
    const { readerTimeoutMs } = this.#options;
    const sink = new FrameSink({ call: stream, signal, progress, readerTimeoutMs });
    const sender = new BatchSender({
      sink,
      messages: { ...messages, compression },
      record,
      progress,
    });
    await sender.send(result);
  }

  /** Sends headers as soon as it is clear what is asked for: Rust's client gives up after 20 s without. */
  #open(ticket: Uint8Array, { scope, call }: ServedCall): Promise<ResultStream> {
    const context = { producer: this.#options.producer, call };
    if (findCommand(ticket) === undefined && offers(context, 'openFlight')) {
      scope.answer.send();
      return context.producer.openFlight(ticket, call);
    }
    const command = commandIn(ticket, 'ticket', scope);
    scope.answer.send();
    return runCommand('DoGet', command, context);
  }

  async #doAction(stream: Streaming, { scope, call }: ServedCall): Promise<void> {
    const { type, body } = FLIGHT.action.decode(stream.request);
    scope.record.command = type;
    const { producer } = this.#options;
    const results = await runAction(type, body, { producer, call });
    // Not before: a session that the action opened goes out as a cookie.
    scope.answer.send();
    for (const result of results) stream.write(FLIGHT.result.encode({ body: result }));
  }

  async #doPut(stream: Duplex, scope: CallScope): Promise<void> {
    const { command, call, upload } = await this.#startUpload('DoPut', stream, scope);
    // As in DoGet: an update may take long, too.
    scope.answer.send();
    const { producer } = this.#options;
    const appMetadata = await runCommand('DoPut', command, { producer, call, upload });
    stream.write(FLIGHT.putResult.encode({ app_metadata: appMetadata }));
  }

  /** What an upload is for: its first message tells. */
  async #startUpload(rpc: string, stream: Duplex, scope: CallScope): Promise<StartedUpload> {
    const messages = new IncomingMessages(stream, scope.signal);
    // Both at once, so that neither fails unheard while the other is waited for.
    const [{ call }, first] = await Promise.all([
      this.#calls.authenticate(scope),
      readFirstMessage(rpc, messages),
    ]);
    const bytes = commandBytes(FLIGHT.descriptor.decode(first.descriptor));
    const command = commandIn(bytes, 'flight descriptor', scope);
    return { call, command, upload: new Upload(first, messages, scope.record) };
  }
}

/** @throws HanaFlightError `invalid-argument` for a descriptor that holds no command. */
function commandBytes(descriptor: FlightDescriptor): Uint8Array {
  if (descriptor.type === DESCRIPTOR_TYPE.cmd) return descriptor.cmd;
  const got = descriptor.type === DESCRIPTOR_TYPE.path ? 'PATH' : `${descriptor.type}`;
  throw new HanaFlightError(
    'invalid-argument',
    `flight descriptor: expected the type CMD with a Flight SQL command, got ${got}`,
  );
}

/** @throws HanaFlightError `invalid-argument` when the bytes are no packed command. */
function commandIn(bytes: Uint8Array, where: string, scope: CallScope): ParsedCommand {
  const command = parseCommand(bytes, where);
  scope.record.command = command.name;
  return command;
}

function passBytes(bytes: Buffer): Buffer {
  return bytes;
}
