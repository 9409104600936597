import { encodeUtf8 } from '../../../bytes/text.js';
import { ByteWriter } from '../../../bytes/writer.js';
import type { Principal } from '../names/principal.js';
import type { CcacheCredential } from './ccache.js';

/** Writes what `CredentialReader` reads, in version 4. */
export class CredentialWriter {
  readonly bytes: ByteWriter = new ByteWriter(1024);

  principal({ name, realm }: Principal): void {
    this.bytes.u32be(name.type >>> 0).u32be(name.components.length);
    for (const part of [realm, ...name.components]) this.#data(encodeUtf8(part));
  }

  credential(credential: CcacheCredential): void {
    const { bytes } = this;
    this.principal(credential.client);
    this.principal(credential.server);
    this.#typed(credential.key.etype, credential.key.bytes);
    bytes.u32be(credential.authtime).u32be(credential.starttime);
    bytes.u32be(credential.endtime).u32be(credential.renewTill);
    bytes.u8(credential.isUserToUser ? 1 : 0).u32be(credential.flags);
    bytes.u32be(credential.addresses.length);
    for (const { type, address } of credential.addresses) this.#typed(type, address);
    bytes.u32be(credential.authorizationData.length);
    for (const { type, data } of credential.authorizationData) this.#typed(type, data);
    this.#data(credential.ticket);
    this.#data(credential.secondTicket);
  }

  #typed(type: number, data: Uint8Array): void {
    this.bytes.u16be(type & 0xffff);
    this.#data(data);
  }

  #data(data: Uint8Array): void {
    this.bytes.u32be(data.length).bytes(data);
  }
}
