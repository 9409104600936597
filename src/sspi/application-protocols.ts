import { MalformedBytesError } from '../bytes/errors.js';
import { ByteReader } from '../bytes/reader.js';
import { decodeLatin1, encodeLatin1 } from '../bytes/text.js';
import { ByteWriter } from '../bytes/writer.js';

/** `SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT`. Source: sspi.h. */
const ALPN = 2;

/** `ProtocolName protocol_name_list<2..2^16-1>` (RFC 7301 3.1). */
const LARGEST_LIST = 0xffff;

/**
 * Makes a SEC_APPLICATION_PROTOCOLS with one ALPN list, the content of a SECBUFFER.APPLICATION_PROTOCOLS buffer; the most preferred
 * protocol first. Throws a RangeError for a name that is empty or longer than 255 bytes, or where there is none.
 * Source: sspi.h; Microsoft Learn, "SEC_APPLICATION_PROTOCOLS"; RFC 7301 3.1.
 *
 * @example
 * ```ts
 * import { applicationProtocols, SECBUFFER } from 'secur32/raw';
 *
 * export const buffer = { type: SECBUFFER.APPLICATION_PROTOCOLS, data: applicationProtocols(['h2', 'http/1.1']) };
 * ```
 */
export function applicationProtocols(protocols: readonly string[]): Uint8Array {
  if (protocols.length === 0) throw new RangeError('there is no protocol');
  const list = new ByteWriter();
  for (const protocol of protocols) {
    const name = encodeLatin1(protocol);
    if (name.length === 0) throw new RangeError('the name of a protocol is empty');
    list.u8(name.length).bytes(name);
  }
  return new ByteWriter(10 + list.length)
    .u32le(6 + list.length)
    .u32le(ALPN)
    .u16le(list.length)
    .bytes(list.view())
    .toBytes();
}

/** Reads the ALPN lists of a SEC_APPLICATION_PROTOCOLS. Throws `MalformedBytesError`. */
export function parseApplicationProtocols(bytes: Uint8Array): string[] {
  const outer = new ByteReader(bytes);
  const lists = outer.sub(outer.u32le());
  const protocols: string[] = [];
  let size = 0;
  while (lists.remaining > 0) {
    const extension = lists.u32le();
    const list = lists.sub(lists.u16le());
    if (extension !== ALPN) continue;
    while (list.remaining > 0) {
      const length = list.u8();
      // `opaque ProtocolName<1..2^8-1>` (RFC 7301 3.1).
      if (length === 0) throw new MalformedBytesError('the name of a protocol is empty');
      protocols.push(decodeLatin1(list.bytes(length)));
      size += 1 + length;
    }
  }
  if (size > LARGEST_LIST) throw new MalformedBytesError('the names of protocols are too many for one list');
  return protocols;
}

/** The `ProtocolName protocol_name_list<2..2^16-1>` of RFC 7301 3.1, without its length. */
export function protocolNameList(protocols: readonly string[]): Uint8Array {
  const list = new ByteWriter();
  for (const protocol of protocols) {
    const name = encodeLatin1(protocol);
    list.u8(name.length).bytes(name);
  }
  return list.toBytes();
}
