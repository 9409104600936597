import { decodeBase64 } from '../../bytes/base64.js';
import { MalformedBytesError } from '../../bytes/errors.js';
import { Keytab } from '../../engine/kerberos/keytab/keytab.js';
import { KeyRing } from '../decode/kerberos/key-ring.js';
import { decodeToken } from '../decode/token-decoders.js';
import { parseResponse } from '../imap/syntax.js';
import { describeCall } from '../trace/describe-call.js';
import type { TracedCall } from '../trace/trace-table.js';
import { demoKerberos } from './demo-kerberos.js';
import type { DemoEvent, Side } from './transcript.js';

type Phase = 'before' | 'logon' | 'after';

/** Sees calls, lines and bytes of one connection at a time, and writes down what they are. */
export class Witness {
  readonly #record: (event: DemoEvent) => void;
  #profile = '';
  /** The service's keys, and those that come to light in a scene: the witness looks into what is encrypted as the server does. */
  #ring = new KeyRing();
  #phase: Phase = 'before';
  /** Lines that were said but not seen on the wire yet. */
  #said: string[] = [];

  constructor(record: (event: DemoEvent) => void) {
    this.#record = record;
  }

  beginScene(profile: string): void {
    this.#profile = profile;
    this.#ring = new KeyRing(Keytab.parse(demoKerberos().keytab));
    this.#phase = 'before';
    this.#said = [];
  }

  called(side: Side, call: TracedCall): void {
    this.#record({ type: 'call', side, ...describeCall(call) });
  }

  said(from: Side, line: string): void {
    if (this.#phase === 'after') {
      this.#said.push(line);
      return;
    }
    const { prefix, base64 } = this.#splitLine(from, line);
    const bytes = base64 ? decodeOrNothing(base64) : undefined;
    if (bytes) {
      const decoded = decodeToken(this.#profile, bytes, this.#ring);
      this.#record({ type: 'token', from, prefix, bytes, decoded });
    } else this.#record({ type: 'line', from, text: line, ...this.#remark(from, line) });
    this.#turn(from, line);
  }

  /** Bytes on the wire: of interest only after the logon, where they can differ from what was said. */
  wired(from: Side, bytes: Uint8Array): void {
    if (this.#said.length === 0) return;
    this.#record({ type: 'message', from, plain: this.#said.join('\n'), wire: Uint8Array.from(bytes) });
    this.#said = [];
  }

  #remark(from: Side, line: string): { remark?: string } {
    const isEmptyResponse = from === 'client' && this.#phase === 'logon' && line === '';
    return isEmptyResponse && this.#profile === 'GSSAPI' ? { remark: SUSPENDED } : {};
  }

  /** Where the base64 of a line begins: behind `+ `, behind the name of a mechanism, or at once in a response. */
  #splitLine(from: Side, line: string): { prefix: string; base64: string } {
    if (from === 'server') return line.startsWith('+ ') ? { prefix: '+', base64: line.slice(2) } : plainLine;
    if (this.#phase === 'logon') return { prefix: '', base64: line };
    const [tag = '', name = '', mechanism = '', initialResponse = ''] = line.split(' ', 4);
    return name === 'AUTHENTICATE' ? { prefix: `${tag} ${name} ${mechanism}`, base64: initialResponse } : plainLine;
  }

  #turn(from: Side, line: string): void {
    if (from === 'client' && line.includes(' AUTHENTICATE ')) this.#phase = 'logon';
    if (from === 'server' && this.#phase === 'logon' && !line.startsWith('+')) {
      this.#phase = parseResponse(line).status === 'OK' ? 'after' : 'before';
    }
  }
}

/** RFC 4752 3.1. Source: Microsoft Learn, "SaslAcceptSecurityContext". */
const SUSPENDED =
  "The last token of Kerberos was the server's, and nothing can follow it at once: its cookie waits for this round trip.";

const plainLine = { prefix: '', base64: '' };

function decodeOrNothing(base64: string): Uint8Array | undefined {
  try {
    return decodeBase64(base64);
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}
