import { compile } from '../run/compile.js';
import { LineProcess } from '../run/line-process.js';

export interface UserToUserOptions {
  /** Of a `MitKdc`. */
  readonly env: Readonly<Record<string, string>>;
  /** A file with the tickets of the user. */
  readonly ccache: string;
}

/** MIT's libkrb5 as either end of user-to-user authentication: messages of RFC 4120 without frames. */
export class MitUserToUser implements AsyncDisposable {
  readonly #lines: LineProcess;

  private constructor(lines: LineProcess) {
    this.#lines = lines;
  }

  /** Writes its ticket-granting ticket, takes an AP-REQ, says whom it is from, and writes an AP-REP. */
  static called({ env, ccache }: UserToUserOptions): Promise<MitUserToUser> {
    return MitUserToUser.#start(env, ['called', `FILE:${ccache}`]);
  }

  /** Takes a ticket-granting ticket, writes an AP-REQ for `target`, takes the AP-REP, and says `ok`. */
  static caller({ env, ccache, target }: UserToUserOptions & { readonly target: string }): Promise<MitUserToUser> {
    return MitUserToUser.#start(env, ['caller', `FILE:${ccache}`, target]);
  }

  static async #start(env: UserToUserOptions['env'], args: readonly string[]): Promise<MitUserToUser> {
    const program = await compile('test/peers/krb5/user-to-user.c', 'user-to-user', ['-lkrb5']);
    return new MitUserToUser(new LineProcess(program, args, { env }));
  }

  send(message: Uint8Array): void {
    this.#lines.write(Buffer.from(message).toString('hex'));
  }

  /** Rejects with what the library said where it gave up. */
  async receive(): Promise<Uint8Array> {
    return new Uint8Array(Buffer.from(await this.says(), 'hex'));
  }

  says(): Promise<string> {
    return this.#lines.read();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.close();
  }
}
