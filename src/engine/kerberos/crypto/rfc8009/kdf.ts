import { ByteWriter } from '../../../../bytes/writer.js';
import { Hmac } from '../hmac.js';

export type Sha2 = 'sha256' | 'sha384';

/** KDF-HMAC-SHA2 (RFC 8009 3): `length` bytes, which are never more than one hash. */
export function deriveSha2(
  digest: Sha2,
  key: Uint8Array,
  label: Uint8Array,
  length: number,
  context: Uint8Array = NOTHING,
): Uint8Array {
  const input = new ByteWriter(label.length + context.length + 9);
  input
    .u32be(1)
    .bytes(label)
    .u8(0)
    .bytes(context)
    .u32be(length * 8);
  const hmac = new Hmac(digest, key, length);
  const derived = hmac.mac([input.view()]);
  hmac.wipe();
  return derived;
}

const NOTHING = new Uint8Array(0);
