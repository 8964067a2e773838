import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/**
 * A WRITELOBREPLY part: the locators of the LOBs still open, in parameter order. It stands in every
 * reply to WRITELOB, empty at the end: hdbconnect fails without it.
 */
export function encodeWriteLobReply(locators: readonly Uint8Array[]): Part {
  const writer = new WireWriter(8 * locators.length);
  for (const locator of locators) writer.writeBytes(locator);
  return makePart(PartKind.WRITELOBREPLY, locators.length, writer.finish());
}

export function decodeWriteLobReply(part: Part): readonly Uint8Array[] {
  const reader = readerOf(part);
  const locators: Uint8Array[] = [];
  for (let index = 0; index < part.argumentCount; index++) {
    locators.push(reader.readBytes(8, `locator ${index + 1}`));
  }
  return locators;
}
