import { HanaFlightError } from '../../core/errors.ts';
import { type MessageCodec, unpackAny } from '../protocol.ts';
import {
  type Offering,
  type OperationContext,
  offers,
  type ProducerMethod,
} from './command-table.ts';

/** A row of the table of actions. */
export interface ActionRow {
  readonly type: string;
  readonly doc: string;
  /** The producer's method it needs. */
  readonly needs: ProducerMethod;
  /** Answered, but not named by ListActions: another action has taken its place. */
  readonly superseded: boolean;
  /** The bodies of the results; undefined when the producer lacks the method. */
  run(body: Uint8Array, context: OperationContext): Promise<readonly Uint8Array[]> | undefined;
}

/** What is told about an action. */
interface Action<Request, Method extends ProducerMethod> {
  readonly type: string;
  readonly doc: string;
  readonly needs: Method;
  readonly superseded?: boolean;
  readonly request: MessageCodec<Request>;
  /** The body of the one result, or undefined when the action has none. */
  run(
    request: Request,
    context: Offering<OperationContext, Method>,
  ): Promise<Uint8Array | undefined>;
}

/** An action of Flight SQL: its body is packed in Any. */
export function packedAction<Request, Method extends ProducerMethod>(
  action: Action<Request, Method>,
): ActionRow {
  return row(action, (body) => unpackBody(action.request, action.type, body));
}

/** An action of Flight itself: its body is the bare message. */
export function bareAction<Request, Method extends ProducerMethod>(
  action: Action<Request, Method>,
): ActionRow {
  return row(action, (body) => action.request.decode(body));
}

function row<Request, Method extends ProducerMethod>(
  action: Action<Request, Method>,
  read: (body: Uint8Array) => Request,
): ActionRow {
  const { type, doc, needs, superseded = false } = action;
  return {
    type,
    doc,
    needs,
    superseded,
    run: (body, context) => {
      if (!offers(context, needs)) return undefined;
      return action
        .run(read(body), context)
        .then((result) => (result === undefined ? [] : [result]));
    },
  };
}

function unpackBody<T>(codec: MessageCodec<T>, action: string, body: Uint8Array): T {
  const { typeName, value } = unpackAny(body, `body of the action ${action}`);
  if (typeName !== codec.name) {
    throw new HanaFlightError(
      'invalid-argument',
      `body of the action ${action}: expected ${codec.name}, got ${typeName}`,
    );
  }
  return codec.decode(value);
}
