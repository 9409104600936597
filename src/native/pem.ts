import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The certificates of a PEM text (RFC 7468 section 5), or one in DER; as DER, in their order. Throws where there is none. */
export function certificatesOf(source: string | Uint8Array): Uint8Array[] {
  if (typeof source !== 'string' && source[0] === 0x30) return [derOf(source)];
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('latin1');
  const found: Uint8Array[] = [];
  for (let begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + BEGIN.length)) {
    const end = text.indexOf(END, begin);
    if (end < 0) break;
    found.push(derOf(text.slice(begin, end + END.length)));
  }
  if (found.length === 0) throw new Error('there is no certificate in it');
  return found;
}

function derOf(certificate: string | Uint8Array): Uint8Array {
  return new Uint8Array(new X509Certificate(certificate).raw);
}
