/** The bytes of a header field, its text being octets. They are in memory of their own: callers may keep and change them. */
export function headerBytes(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text, 'latin1');
  return bytes;
}
