import { makePart, type Part } from '../message.ts';
import { PartKind } from '../part-kind.ts';

/** A CLIENTID part: `pid@host`. */
export function encodeClientId(pid: number, host: string): Part {
  return makePart(PartKind.CLIENTID, 1, Buffer.from(`${pid}@${host}`, 'utf8'));
}

/** node-hdb writes a blank in front. The pid is 0 when the text has another form. */
export function decodeClientId(part: Part): { readonly pid: number; readonly host: string } {
  const text = Buffer.from(part.data).toString('utf8').trim();
  const [, pid = '0', host = ''] = /^(\d{1,10})@(.*)$/s.exec(text) ?? [];
  return { pid: Number(pid), host };
}
