import { Buffer } from 'node:buffer';
import { type MessageBuffers, SECBUFFER, SECPKG_ATTR, type SecBuffer } from 'secur32/raw';
import { type Established, fromWine, type Message, toWine } from './wine-layout.js';

export async function seal(from: Established, text: string, qop = 0): Promise<Message> {
  const { securityTrailer } = await from.table.queryContextAttributes(from.context, SECPKG_ATTR.SIZES);
  const room = Math.max(securityTrailer, MOST);
  const buffers = [bytes(SECBUFFER.TOKEN, new Uint8Array(room)), bytes(SECBUFFER.DATA, Buffer.from(text))];
  return fromWine(from, message(await from.table.encryptMessage(from.context, { buffers, qop })));
}

export async function open(at: Established, sealed: Message): Promise<string> {
  const opened = await at.table.decryptMessage(at.context, { buffers: buffersOf(toWine(at, sealed)) });
  return textOf(opened);
}

/** Opens what came as one run of bytes. */
export async function openStream(at: Established, sealed: Message): Promise<string> {
  const stream = Buffer.concat([sealed.token, sealed.data]);
  const buffers = [bytes(SECBUFFER.STREAM, stream), bytes(SECBUFFER.DATA, new Uint8Array(0))];
  return textOf(await at.table.decryptMessage(at.context, { buffers }));
}

export async function sign(from: Established, text: string): Promise<Message> {
  const { maxSignature } = await from.table.queryContextAttributes(from.context, SECPKG_ATTR.SIZES);
  const buffers = [bytes(SECBUFFER.DATA, Buffer.from(text)), bytes(SECBUFFER.TOKEN, new Uint8Array(maxSignature))];
  return message(await from.table.makeSignature(from.context, { buffers }));
}

export async function verify(at: Established, signed: Message): Promise<void> {
  await at.table.verifySignature(at.context, { buffers: buffersOf(signed) });
}

/** The message with one bit turned, in the middle of its token or of its data. */
export function altered({ token, data }: Message, part: keyof Message): Message {
  const turned = Uint8Array.from(part === 'token' ? token : data);
  turned[turned.length >> 1]! ^= 1;
  return part === 'token' ? { token: turned, data } : { token, data: turned };
}

function buffersOf({ token, data }: Message): SecBuffer[] {
  return [bytes(SECBUFFER.TOKEN, token), bytes(SECBUFFER.DATA, data)];
}

function message(made: MessageBuffers): Message {
  const part = (type: number) => made.find(buffer => buffer.type === type)?.data ?? new Uint8Array(0);
  return { token: Uint8Array.from(part(SECBUFFER.TOKEN)), data: Uint8Array.from(part(SECBUFFER.DATA)) };
}

function textOf(opened: MessageBuffers): string {
  return Buffer.from(opened.find(({ type }) => type === SECBUFFER.DATA)?.data ?? []).toString();
}

/** A copy: the functions work in place. */
function bytes(type: number, data: Uint8Array): SecBuffer {
  return { type, data: Uint8Array.from(data) };
}

/** Wine's SIZES say less than its Kerberos writes. */
const MOST = 100;
