import type { ArrowSchema } from '../../arrow/types.ts';
import type {
  BatchStream,
  Call,
  FlightPlan,
  FlightSqlProducer,
  ResultStream,
} from '../producer.ts';
import { type MessageCodec, messageCodec } from '../protocol.ts';

/** Package of Flight SQL's messages, with the dot behind it. */
export const FLIGHT_SQL_PACKAGE = 'arrow.flight.protocol.sql.';

/** What an operation works with. */
export interface OperationContext {
  readonly producer: FlightSqlProducer;
  readonly call: Call;
}

export interface UploadContext extends OperationContext {
  readonly upload: UploadedBatches;
}

/** The Arrow data of a DoPut. */
export interface UploadedBatches {
  /**
   * Rows of parameters, or undefined when the first message says that there are none: no Arrow schema
   * at all (Go, Rust and JavaScript), or one without fields (Java, C++, and Go for prepared statements).
   * @throws HanaFlightError `invalid-argument` for what is not a schema, `unimplemented` for a type
   * that is not offered.
   */
  parameters(): BatchStream | undefined;
  /**
   * The batches behind a schema that has to come, in the first message or in the next one.
   * @throws HanaFlightError as {@link parameters}, and `invalid-argument` when none comes.
   */
  rows(): Promise<BatchStream>;
}

/** RPCs in which a command can stand: what each brings along, what each answers with. */
export interface CommandRpcs {
  readonly GetFlightInfo: { readonly context: OperationContext; readonly answer: FlightPlan };
  readonly GetSchema: { readonly context: OperationContext; readonly answer: ArrowSchema };
  readonly DoGet: { readonly context: OperationContext; readonly answer: ResultStream };
  /** Answers with PutResult.app_metadata. */
  readonly DoPut: { readonly context: UploadContext; readonly answer: Uint8Array };
}

export type CommandRpc = keyof CommandRpcs;

/** The method of a producer that an operation needs. */
export type ProducerMethod = keyof FlightSqlProducer;

/** A context whose producer has what the operation needs. */
export type Offering<Context extends OperationContext, Method extends ProducerMethod> = Context & {
  readonly producer: FlightSqlProducer & Required<Pick<FlightSqlProducer, Method>>;
};

/** One RPC of one command. */
export interface Operation<Message, Rpc extends CommandRpc> {
  /** The producer's method it needs; without it the operation is UNIMPLEMENTED. */
  readonly needs: ProducerMethod;
  /**
   * `bytes` is the packed command as the client sent it; metadata commands use it as their ticket.
   * Undefined when the producer lacks the method.
   */
  run(
    decode: () => Message,
    context: CommandRpcs[Rpc]['context'],
    bytes: Uint8Array,
  ): Promise<CommandRpcs[Rpc]['answer']> | undefined;
}

type Operations<Message> = {
  readonly [Rpc in CommandRpc]?: Operation<Message, Rpc>;
};

/** A row of the table of commands. */
export interface CommandRow {
  /** Name of the protobuf message, without its package. */
  readonly name: string;
  readonly doc: string;
  /** The producer's method behind each RPC in which the command can stand. */
  readonly needs: Readonly<Partial<Record<CommandRpc, ProducerMethod>>>;
  readonly run: { readonly [Rpc in CommandRpc]?: RunCommand<Rpc> };
}

/** Runs a command given as its unpacked message. */
type RunCommand<Rpc extends CommandRpc> = (
  message: Uint8Array,
  context: CommandRpcs[Rpc]['context'],
  bytes: Uint8Array,
) => Promise<CommandRpcs[Rpc]['answer']> | undefined;

/** What a command does in one RPC, on a producer that has the method `needs`. */
export function operation<Message, Rpc extends CommandRpc, Method extends ProducerMethod>(
  needs: Method,
  run: (
    message: Message,
    context: Offering<CommandRpcs[Rpc]['context'], Method>,
    bytes: Uint8Array,
  ) => Promise<CommandRpcs[Rpc]['answer']>,
): Operation<Message, Rpc> {
  return {
    needs,
    run: (decode, context, bytes) =>
      offers(context, needs) ? run(decode(), context, bytes) : undefined,
  };
}

/** A row: what the command is, and what it does in each RPC in which it can stand. */
export function commandRow<Message>(
  name: string,
  doc: string,
  operations: Operations<Message>,
): CommandRow {
  const codec = messageCodec<Message>(FLIGHT_SQL_PACKAGE + name);
  const { GetFlightInfo, GetSchema, DoGet, DoPut } = operations;
  return {
    name,
    doc,
    needs: {
      ...(GetFlightInfo && { GetFlightInfo: GetFlightInfo.needs }),
      ...(GetSchema && { GetSchema: GetSchema.needs }),
      ...(DoGet && { DoGet: DoGet.needs }),
      ...(DoPut && { DoPut: DoPut.needs }),
    },
    run: {
      ...(GetFlightInfo && { GetFlightInfo: runner(codec, GetFlightInfo) }),
      ...(GetSchema && { GetSchema: runner(codec, GetSchema) }),
      ...(DoGet && { DoGet: runner(codec, DoGet) }),
      ...(DoPut && { DoPut: runner(codec, DoPut) }),
    },
  };
}

/** Whether the producer has the method. */
export function offers<Context extends OperationContext, Method extends ProducerMethod>(
  context: Context,
  method: Method,
): context is Offering<Context, Method> {
  return context.producer[method] !== undefined;
}

function runner<Message, Rpc extends CommandRpc>(
  codec: MessageCodec<Message>,
  work: Operation<Message, Rpc>,
): RunCommand<Rpc> {
  return (message, context, bytes) => work.run(() => codec.decode(message), context, bytes);
}
