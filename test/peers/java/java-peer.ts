import { join } from 'node:path';
import { PROJECT_ROOT } from '../paths.js';
import { TemporaryFolder } from '../run/folder.js';
import { LineProcess } from '../run/line-process.js';

export interface JavaOptions {
  /** Of a `MitKdc`: its krb5.conf, its keytab, and a cache with tickets of a user. */
  readonly kdc: { readonly config: string; readonly keytab: string };
  /** A file. */
  readonly ccache: string;
}

export interface JavaStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
}

/** Java refused something. */
export class JavaRefusal extends Error {
  override readonly name: string = 'JavaRefusal';
}

/**
 * Java's Kerberos (JGSS) as either end of exchanges, one after the other: SASL's GSSAPI with its layers, and GSS-API itself. The process
 * takes a second or two to start, so one does for a suite.
 */
export class JavaPeer implements AsyncDisposable {
  readonly #lines: LineProcess;
  readonly #folder: TemporaryFolder;

  private constructor(lines: LineProcess, folder: TemporaryFolder) {
    this.#lines = lines;
    this.#folder = folder;
  }

  static async start({ kdc, ccache }: JavaOptions): Promise<JavaPeer> {
    const folder = new TemporaryFolder('java');
    const properties = {
      'java.security.krb5.conf': kdc.config,
      'java.security.auth.login.config': folder.write('login.conf', loginConfiguration(kdc.keytab, ccache)),
      'javax.security.auth.useSubjectCredsOnly': 'false',
      'java.io.tmpdir': folder.path,
    };
    const options = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    const source = join(PROJECT_ROOT, 'test/peers/java/JavaPeer.java');
    return new JavaPeer(new LineProcess('java', ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...options, source]), folder);
  }

  /** Begins SASL's GSSAPI, in place of what was before. */
  async sasl(role: 'client' | 'server', service: string, qop: 'auth' | 'auth-int' | 'auth-conf'): Promise<void> {
    await this.#ask('sasl', role, service, 'localhost', qop);
  }

  /** Begins a context of GSS-API. The flags are those of RFC 2744. */
  async gss(role: 'client' | 'server', mechanism: string, target = 'HTTP@localhost', flags = 0): Promise<void> {
    await this.#ask('gss', role, mechanism, target, String(flags));
  }

  async step(token?: Uint8Array): Promise<JavaStep> {
    const [done, made = NOTHING] = await this.#ask('step', encode(token));
    return { done: done === 'true', ...(made !== NOTHING && { token: decode(made) }) };
  }

  async wrap(data: Uint8Array, confidential = true): Promise<Uint8Array> {
    return decode((await this.#ask('wrap', encode(data), String(confidential)))[0]!);
  }

  async unwrap(data: Uint8Array): Promise<Uint8Array> {
    return decode((await this.#ask('unwrap', encode(data)))[0]!);
  }

  async mic(data: Uint8Array): Promise<Uint8Array> {
    return decode((await this.#ask('mic', encode(data)))[0]!);
  }

  async verify(data: Uint8Array, mic: Uint8Array): Promise<void> {
    await this.#ask('verify', encode(data), encode(mic));
  }

  /** Who the client is, and what was agreed: a QOP of SASL, or flags and whose tickets were delegated. */
  async peer(): Promise<readonly string[]> {
    return this.#ask('peer');
  }

  async close(): Promise<void> {
    await this.#lines.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(...words: readonly string[]): Promise<readonly string[]> {
    this.#lines.write(words.join(' '));
    const [verdict, ...values] = (await this.#lines.read()).split(' ');
    if (verdict !== 'ok') throw new JavaRefusal(values.join(' '));
    return values;
  }
}

/** Entries that JGSS looks for by these names. `*`: whatever the keytab has. */
function loginConfiguration(keytab: string, ccache: string): string {
  const module = 'com.sun.security.auth.module.Krb5LoginModule required doNotPrompt=true';
  return `
com.sun.security.jgss.krb5.initiate { ${module} useTicketCache=true ticketCache="${ccache}"; };
com.sun.security.jgss.krb5.accept { ${module} useKeyTab=true keyTab="${keytab}" storeKey=true isInitiator=false principal="*"; };
`;
}

const NOTHING = '-';

function encode(data: Uint8Array | undefined): string {
  return data?.length ? Buffer.from(data).toString('base64') : NOTHING;
}

function decode(text: string): Uint8Array {
  return text === NOTHING ? new Uint8Array(0) : new Uint8Array(Buffer.from(text, 'base64'));
}
