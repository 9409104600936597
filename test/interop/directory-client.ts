import { connect, type Socket } from 'node:net';
import type { SaslClient } from 'secur32';
import { BerReader, encode, encodeInteger, encodeText, TAG } from '../../examples/ldap/ber.js';
import { LdapError } from '../../examples/ldap/client.js';
import {
  encodeBindRequest,
  encodeMessage,
  type Message,
  parseResult,
  RESULT,
  takeMessage,
} from '../../examples/ldap/messages.js';

/** A client that binds with SASL and reads entries: what it takes to see that a directory believes the bind and its layer. */
export class DirectoryClient implements Disposable {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #layer: SaslClient | undefined;
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  static async connect(host: string, port = 389): Promise<DirectoryClient> {
    const socket = connect(port, host);
    socket.setTimeout(30_000, () => socket.destroy(new Error('the directory does not answer')));
    await new Promise<void>((resolve, reject) => socket.once('error', reject).once('connect', resolve));
    socket.on('error', () => {});
    return new DirectoryClient(socket);
  }

  /** Rejects with `LdapError` where the directory says no, and as the mechanism does where that is not content. */
  async bind(mechanism: string, sasl: SaslClient): Promise<void> {
    let { token, done } = await sasl.step();
    for (;;) {
      const credentials = token ? { credentials: token } : {};
      const { content } = await this.#request(encodeBindRequest({ mechanism, ...credentials }));
      const { code, diagnostic, data } = parseResult(content);
      if (code !== RESULT.SUCCESS && code !== RESULT.SASL_BIND_IN_PROGRESS) throw new LdapError({ code, diagnostic });
      if (!done) ({ token, done } = await sasl.step(data ?? new Uint8Array(0)));
      if (code === RESULT.SUCCESS) break;
    }
    if (!done) throw new Error('the directory ended the bind before the mechanism was done');
    this.#layer = sasl;
  }

  /** The values of one attribute of all entries under a base for which `filter` attribute is there. */
  async search(base: string, attribute: string): Promise<string[]> {
    return (await this.#search(base, attribute, WHOLE_SUBTREE)).map(value => new TextDecoder().decode(value));
  }

  /** The values of one attribute of one entry. */
  read(name: string, attribute: string): Promise<Uint8Array[]> {
    return this.#search(name, attribute, THE_ENTRY_ITSELF);
  }

  async #search(base: string, attribute: string, scope: number): Promise<Uint8Array[]> {
    let message = await this.#request(searchRequest(base, attribute, scope));
    const values: Uint8Array[] = [];
    while (message.operation !== SEARCH_DONE) {
      if (message.operation === SEARCH_ENTRY) values.push(...valuesOf(message.content));
      message = await this.#receive();
    }
    const result = parseResult(message.content);
    if (result.code !== RESULT.SUCCESS) throw new LdapError(result);
    return values;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #request(operation: Uint8Array): Promise<Message> {
    const request = encodeMessage(++this.#lastId, operation);
    this.#socket.write(this.#layer ? this.#layer.wrap(request) : request);
    return this.#receive();
  }

  async #receive(): Promise<Message> {
    for (;;) {
      const taken = takeMessage(this.#pending);
      if (taken) {
        this.#pending = taken.rest;
        return taken.message;
      }
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the directory ended the connection');
      const plain = this.#layer ? this.#layer.unwrap(value) : value;
      this.#pending = new Uint8Array(Buffer.concat([this.#pending, plain]));
    }
  }
}

/** SearchRequest (RFC 4511 4.5.1) for entries that have the attribute; some attributes are there only for those who ask, so one entry need not. */
function searchRequest(base: string, attribute: string, scope: number): Uint8Array {
  return encode(
    SEARCH_REQUEST,
    encodeText(base),
    encodeInteger(scope, TAG.ENUMERATED),
    encodeInteger(0, TAG.ENUMERATED),
    encodeInteger(0),
    encodeInteger(0),
    Uint8Array.of(0x01, 0x01, 0x00),
    encodeText(scope === WHOLE_SUBTREE ? attribute : 'objectClass', PRESENT_FILTER),
    encode(TAG.SEQUENCE, encodeText(attribute)),
  );
}

/** SearchResultEntry: a name, and attributes with their values. */
function valuesOf(content: Uint8Array): Uint8Array[] {
  const entry = new BerReader(content);
  entry.text();
  const attributes = new BerReader(entry.next(TAG.SEQUENCE));
  const values: Uint8Array[] = [];
  while (!attributes.atEnd) {
    const attribute = new BerReader(attributes.next(TAG.SEQUENCE));
    attribute.text();
    const set = new BerReader(attribute.next());
    while (!set.atEnd) values.push(Uint8Array.from(set.next(TAG.OCTET_STRING)));
  }
  return values;
}

const SEARCH_REQUEST = 0x63;
const SEARCH_ENTRY = 0x64;
const SEARCH_DONE = 0x65;
const PRESENT_FILTER = 0x87;
const THE_ENTRY_ITSELF = 0;
const WHOLE_SUBTREE = 2;
