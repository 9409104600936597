import { type JsonFields, JsonProcess } from '../run/json-process.js';

/** What a step has come to. */
export interface GssStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
  /** Once done: the mechanism's object identifier, the flags that were agreed, and on servers who the client is. */
  readonly mechanism?: string;
  readonly flags?: readonly string[];
  readonly initiator?: string;
}

/** Starts a program of these and its context. */
export async function startGss(
  program: string,
  env: Readonly<Record<string, string>>,
  context: JsonFields,
): Promise<JsonProcess> {
  const running = new JsonProcess(PYTHON, [program], { env });
  try {
    await running.ask('init', context);
    return running;
  } catch (cause) {
    await running.close();
    throw cause;
  }
}

/** One end of one GSS-API context, in a program that makes its library's calls. Calls that this refuses reject with `PeerRefusal`. */
export class GssContext implements AsyncDisposable {
  protected readonly process: JsonProcess;

  protected constructor(program: JsonProcess) {
    this.process = program;
  }

  async step(token?: Uint8Array): Promise<GssStep> {
    const answer = await this.process.ask('step', { token });
    const made = answer['token'] as string | null;
    return {
      done: answer['done'] === true,
      ...(made && { token: new Uint8Array(Buffer.from(made, 'base64')) }),
      ...(answer['done'] === true && {
        mechanism: answer['mech'] as string,
        flags: answer['flags'] as string[],
        initiator: answer['initiator'] as string,
      }),
    };
  }

  /** GSS_Wrap. */
  async wrap(data: Uint8Array, confidential = true): Promise<Uint8Array> {
    return (await this.process.askBytes('data', 'wrap', { data, conf: confidential }))!;
  }

  /** GSS_Unwrap. */
  async unwrap(data: Uint8Array): Promise<Uint8Array> {
    return (await this.process.askBytes('data', 'unwrap', { data }))!;
  }

  /** GSS_GetMIC. */
  async mic(data: Uint8Array): Promise<Uint8Array> {
    return (await this.process.askBytes('mic', 'mic', { data }))!;
  }

  /** GSS_VerifyMIC. */
  async verify(data: Uint8Array, mic: Uint8Array): Promise<void> {
    await this.process.ask('verify', { data, mic });
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.process.askBytes('key', 'sesskey'))!;
  }

  async close(): Promise<void> {
    await this.process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The distribution's own: others on the path do not have its modules. */
const PYTHON = '/usr/bin/python3';
