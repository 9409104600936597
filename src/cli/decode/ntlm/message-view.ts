import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le } from '../../../bytes/text.js';
import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import { decodeOem } from '../../../engine/ntlm/names/oem.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';

/**
 * A message of NTLM as people look at it who want to know what is wrong with it: every part is read by itself, and one that is not there
 * keeps no other from being shown. What the engine accepts is another, stricter matter.
 */
export class MessageView {
  readonly bytes: Uint8Array;
  readonly #reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#reader = new ByteReader(bytes);
  }

  /** Undefined behind the end. */
  u32(offset: number): number | undefined {
    const bytes = this.slice(offset, 4);
    return bytes && new ByteReader(bytes).u32le();
  }

  slice(offset: number, length: number): Uint8Array | undefined {
    return offset + length <= this.bytes.length ? this.#reader.bytesAt(offset, length) : undefined;
  }

  /** The value that the descriptor at `offset` points to: empty where there is no descriptor, undefined where it points nowhere. */
  value(offset: number): Uint8Array | undefined {
    const descriptor = this.slice(offset, 8);
    if (!descriptor) return new Uint8Array(0);
    const reader = new ByteReader(descriptor);
    const length = reader.u16le();
    reader.skip(2);
    const start = reader.u32le();
    return length === 0 ? new Uint8Array(0) : this.slice(start, length);
  }

  /** What a descriptor points to, made into a part by `read`. */
  field(offset: number, name: string, read: (value: Uint8Array) => TokenField): TokenField {
    const value = this.value(offset);
    return value ? read(value) : { ...problemField('points behind the end of the message'), name };
  }

  /** A name in the character set that the flags say. */
  text(offset: number, name: string, flags: number, meaning: string): TokenField {
    return this.field(offset, name, value => ({ name, value: nameText(value, flags), meaning }));
  }
}

export function nameText(value: Uint8Array, flags: number): string {
  if (value.length === 0) return '(empty)';
  try {
    return flags & NTLMSSP.UNICODE ? decodeUtf16le(value) : decodeOem(value);
  } catch (error) {
    if (error instanceof MalformedBytesError) return bytesField('', value, '').value;
    throw error;
  }
}

/** The version that a message says its sender is of; nothing depends on it. */
export function versionField(view: MessageView, offset: number, flags: number): TokenField[] {
  const bytes = flags & NTLMSSP.VERSION ? view.slice(offset, 8) : undefined;
  if (!bytes) return [];
  const reader = new ByteReader(bytes);
  const [major, minor, build] = [reader.u8(), reader.u8(), reader.u16le()];
  return [{ name: 'version', value: `${major}.${minor}.${build}`, meaning: 'of the sender, as it says' }];
}
