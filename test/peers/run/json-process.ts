import { setTimeout as delay } from 'node:timers/promises';
import { LineProcess, type LineProcessOptions } from './line-process.js';

export type JsonFields = Readonly<Record<string, unknown>>;

/** A peer's library said no: `kind` is the name of its exception. */
export class PeerRefusal extends Error {
  override readonly name: string = 'PeerRefusal';
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(`${kind}: ${message}`);
    this.kind = kind;
  }
}

/**
 * A peer's library behind a small program that takes one JSON object per line and answers with one: `ok`, or `error` and
 * `message`. Bytes travel in base64.
 */
export class JsonProcess implements AsyncDisposable {
  readonly #process: LineProcess;

  constructor(command: string, args: readonly string[], options: LineProcessOptions = {}) {
    this.#process = new LineProcess(command, args, options);
  }

  /** Asks for one operation; rejects with {@link PeerRefusal} when the library refuses. */
  async ask(operation: string, fields: JsonFields = {}): Promise<Record<string, unknown>> {
    const encoded = Object.entries(fields).map(([name, value]) => [name, encodeBytes(value)]);
    this.#process.write(JSON.stringify({ op: operation, ...Object.fromEntries(encoded) }));
    const answer = JSON.parse(await this.#process.read()) as Record<string, unknown>;
    if (answer['ok'] === true) return answer;
    throw new PeerRefusal(String(answer['error']), String(answer['message']));
  }

  /** The same for an operation that answers with bytes under `name`; undefined for null. */
  async askBytes(name: string, operation: string, fields: JsonFields = {}): Promise<Uint8Array | undefined> {
    const value = (await this.ask(operation, fields))[name];
    return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined;
  }

  /** The programs end with their input; one that hangs is ended. */
  async close(): Promise<void> {
    this.#process.endInput();
    await Promise.race([this.#process.exit, delay(PATIENCE, undefined, { ref: false })]);
    await this.#process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Milliseconds. */
const PATIENCE = 3000;

function encodeBytes(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
