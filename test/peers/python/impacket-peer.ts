import { join } from 'node:path';
import { type Account, alice } from '../accounts.js';
import { PROJECT_ROOT } from '../paths.js';
import { TemporaryFolder } from '../run/folder.js';
import { JsonProcess } from '../run/json-process.js';
import { PYTHON, writeLegacyConfig } from './python.js';

export interface ImpacketOptions {
  /** alice when left out. */
  readonly account?: Account;
  readonly domain?: string;
  /** Whether messages are to be sealed; true when left out. */
  readonly protect?: boolean;
}

/** Impacket's NTLM, which has the client's side of NTLMv2, without a MIC. */
export class ImpacketPeer implements AsyncDisposable {
  readonly #process: JsonProcess;
  readonly #folder: TemporaryFolder;

  private constructor(program: JsonProcess, folder: TemporaryFolder) {
    this.#process = program;
    this.#folder = folder;
  }

  static async client({ account = alice, domain = '', protect = true }: ImpacketOptions = {}): Promise<ImpacketPeer> {
    const folder = new TemporaryFolder('impacket');
    const peer = new ImpacketPeer(new JsonProcess(PYTHON, [PROGRAM], { env: writeLegacyConfig(folder) }), folder);
    const { user, password } = account;
    try {
      await peer.#process.ask('init', { domain, user, password, protect });
      return peer;
    } catch (cause) {
      await peer.close();
      throw cause;
    }
  }

  async step(token?: Uint8Array): Promise<{ done: boolean; token: Uint8Array }> {
    const answer = await this.#process.ask('step', { token });
    return { done: answer['done'] === true, token: Buffer.from(answer['token'] as string, 'base64') };
  }

  /** The signature, and the sealed data behind it. */
  async seal(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'seal', { data }))!;
  }

  async unseal(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'unseal', { data }))!;
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.#process.askBytes('key', 'sesskey'))!;
  }

  async close(): Promise<void> {
    await this.#process.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const PROGRAM = join(PROJECT_ROOT, 'test/peers/python/impacket-peer.py');
