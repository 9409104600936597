import { InvalidEncodingError } from '../../../bytes/errors.js';
import type { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf8 } from '../../../bytes/text.js';
import type { Principal } from '../names/principal.js';
import type { CcacheCredential } from './ccache.js';

/**
 *     credential ::= client principal, server principal, key, authtime u32, starttime u32, endtime u32, renew_till u32, is_skey u8,
 *                    flags u32, count u32, { address type u16, data }*, count u32, { ad-type u16, data }*, ticket data, second ticket data
 *     principal  ::= name type u32, count u32, realm data, component data*
 *     key        ::= etype u16 [, etype u16 again in version 3], data
 *     data       ::= length u32, bytes
 */
export class CredentialReader {
  readonly #reader: ByteReader;
  readonly #version: number;

  constructor(reader: ByteReader, version: number) {
    this.#reader = reader;
    this.#version = version;
  }

  get remaining(): number {
    return this.#reader.remaining;
  }

  principal(): Principal {
    const type = this.#reader.u32be() | 0;
    const count = this.#count(4);
    const realm = this.#text();
    const components: string[] = [];
    for (let i = 0; i < count; i++) components.push(this.#text());
    return { name: { type, components }, realm };
  }

  credential(): CcacheCredential {
    const reader = this.#reader;
    return {
      client: this.principal(),
      server: this.principal(),
      key: this.#key(),
      authtime: reader.u32be(),
      starttime: reader.u32be(),
      endtime: reader.u32be(),
      renewTill: reader.u32be(),
      isUserToUser: reader.u8() !== 0,
      flags: reader.u32be(),
      addresses: this.#typedList((type, address) => ({ type, address })),
      authorizationData: this.#typedList((type, data) => ({ type, data })),
      ticket: this.#data(),
      secondTicket: this.#data(),
    };
  }

  #key(): { readonly etype: number; readonly bytes: Uint8Array } {
    const etype = this.#int16();
    if (this.#version === 3) this.#int16();
    return { etype, bytes: this.#data() };
  }

  #typedList<T>(make: (type: number, bytes: Uint8Array) => T): T[] {
    const list: T[] = [];
    for (let left = this.#count(6); left > 0; left--) list.push(make(this.#int16(), this.#data()));
    return list;
  }

  /** A number of items of so many bytes at least: more than can follow are not even tried. */
  #count(itemLength: number): number {
    const count = this.#reader.u32be();
    if (count * itemLength > this.#reader.remaining)
      throw new InvalidEncodingError(`there is no room for ${count} items`);
    return count;
  }

  #int16(): number {
    return (this.#reader.u16be() << 16) >> 16;
  }

  #text(): string {
    return decodeUtf8(this.#data());
  }

  #data(): Uint8Array {
    return this.#reader.bytes(this.#reader.u32be());
  }
}
