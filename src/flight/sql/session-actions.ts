import type { SessionOptionError, SessionOptionValue } from '../producer.ts';
import { messageCodec } from '../protocol.ts';
import { type ActionRow, bareAction } from './action-table.ts';

/** One value of a session option, by the field of SessionOptionValue that holds it. */
interface OptionFields {
  readonly string_value: string;
  readonly bool_value: boolean;
  /** Decimal text when decoded. */
  readonly int64_value: string;
  readonly double_value: number;
  readonly string_list_value: { readonly values: readonly string[] };
}

/** `option_value` names the field that is set; absent: the option is to be taken away. */
type OptionMessage = Partial<OptionFields> & { readonly option_value?: keyof OptionFields };

type OptionsMessage = Readonly<Record<string, OptionMessage>>;

const setRequest = messageCodec<{ readonly session_options: OptionsMessage }>(
  'arrow.flight.protocol.SetSessionOptionsRequest',
);
const setResult = messageCodec<{
  readonly errors: Readonly<Record<string, { readonly value: number }>>;
}>('arrow.flight.protocol.SetSessionOptionsResult');
const getRequest = messageCodec<object>('arrow.flight.protocol.GetSessionOptionsRequest');
const getResult = messageCodec<{ readonly session_options: OptionsMessage }>(
  'arrow.flight.protocol.GetSessionOptionsResult',
);
const closeRequest = messageCodec<object>('arrow.flight.protocol.CloseSessionRequest');
const closeResult = messageCodec<{ readonly status: number }>(
  'arrow.flight.protocol.CloseSessionResult',
);

/** Numbers of SetSessionOptionsResult.ErrorValue. */
const OPTION_ERROR = {
  'invalid-name': 1,
  'invalid-value': 2,
  error: 3,
} as const satisfies Record<SessionOptionError, number>;

/** Numbers of CloseSessionResult.Status. */
const CLOSE_STATUS = { closed: 1, closing: 2, 'not-closeable': 3 } as const;

/** Actions on the caller's session. */
export const SESSION_ACTIONS: readonly ActionRow[] = [
  bareAction({
    type: 'SetSessionOptions',
    doc: 'sets options of the session',
    needs: 'setSessionOptions',
    request: setRequest,
    run: async ({ session_options }, { producer, call }) => {
      const options = Object.entries(session_options).map(
        ([name, value]) => [name, readOption(value)] as const,
      );
      const refused = await producer.setSessionOptions(new Map(options), call);
      const errors = [...refused].map(
        ([name, error]) => [name, { value: OPTION_ERROR[error] }] as const,
      );
      return setResult.encode({ errors: Object.fromEntries(errors) });
    },
  }),
  bareAction({
    type: 'GetSessionOptions',
    doc: 'tells the options of the session',
    needs: 'getSessionOptions',
    request: getRequest,
    run: async (_request, { producer, call }) => {
      const options = await producer.getSessionOptions(call);
      const messages = [...options].map(([name, value]) => [name, writeOption(value)] as const);
      return getResult.encode({ session_options: Object.fromEntries(messages) });
    },
  }),
  bareAction({
    type: 'CloseSession',
    doc: 'ends the session',
    needs: 'closeSession',
    request: closeRequest,
    run: async (_request, { producer, call }) =>
      closeResult.encode({ status: CLOSE_STATUS[await producer.closeSession(call)] }),
  }),
];

function readOption(message: OptionMessage): SessionOptionValue | undefined {
  const { int64_value, string_list_value } = message;
  if (int64_value !== undefined) return BigInt(int64_value);
  if (string_list_value !== undefined) return string_list_value.values;
  return message.string_value ?? message.bool_value ?? message.double_value;
}

function writeOption(value: SessionOptionValue): OptionMessage {
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (typeof value === 'bigint') return { int64_value: String(value) };
  if (typeof value === 'number') return { double_value: value };
  return { string_list_value: { values: value } };
}
