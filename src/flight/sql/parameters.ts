import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { Schema } from 'apache-arrow/fb/schema';
import { ByteBuffer } from 'flatbuffers';
import { HanaFlightError } from '../../core/errors.ts';

/**
 * Accepts every way of saying "no parameters": no Arrow schema at all (Go, Rust and JavaScript), or one
 * without fields (Java, C++, and Go for prepared statements), whose batches mean nothing.
 * @param schemaHeader FlightData.data_header of the first message.
 * @throws HanaFlightError `unimplemented` for a schema with fields, `invalid-argument` for what is not
 * a schema.
 */
export function refuseParameters(schemaHeader: Uint8Array): void {
  if (schemaHeader.length === 0) return;
  const count = countFields(schemaHeader);
  if (count === 0) return;
  throw new HanaFlightError(
    'unimplemented',
    `DoPut: expected no parameters, got a schema of ${count} field(s); binding values is not offered yet`,
  );
}

function countFields(header: Uint8Array): number {
  const message = Message.getRootAsMessage(new BoundedBuffer(header));
  const type = message.headerType();
  const schema: unknown = message.header(new Schema());
  if (type !== MessageHeader.Schema || !(schema instanceof Schema)) {
    throw notSchema(`IPC message type ${type}`);
  }
  return schema.fieldsLength();
}

/** Flatbuffers reads zeros past the end of its bytes: a schema cut short would look like an empty one. */
class BoundedBuffer extends ByteBuffer {
  override readUint8(offset: number): number {
    this.#check(offset, 1);
    return super.readUint8(offset);
  }

  override readUint16(offset: number): number {
    this.#check(offset, 2);
    return super.readUint16(offset);
  }

  override readInt32(offset: number): number {
    this.#check(offset, 4);
    return super.readInt32(offset);
  }

  #check(offset: number, length: number): void {
    if (offset >= 0 && offset + length <= this.capacity()) return;
    throw notSchema(`${this.capacity()} bytes that point to byte ${offset}`);
  }
}

function notSchema(got: string): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `FlightData.data_header: expected an Arrow schema or nothing in the first message, got ${got}`,
  );
}
