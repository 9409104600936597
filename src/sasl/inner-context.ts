import { bufferType, findBuffer, SECBUFFER, type SecBuffer, tokenBuffer } from '../sspi/buffers.js';
import type {
  ContextLeg,
  PackageFunctionTable,
  SaslAcceptContextCall,
  SaslInitializeContextCall,
} from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E, SEC_I, statusName } from '../sspi/status.js';
import { SaslFailure } from './sasl-failure.js';
import type { SaslRole } from './sasl-role.js';
import type { SaslSettings } from './settings.js';

export type SaslContextCall = SaslAcceptContextCall | SaslInitializeContextCall;

/** The package's context under a SASL exchange. Profiles reach the package's functions through it only. */
export class InnerContext {
  readonly table: PackageFunctionTable;
  readonly role: SaslRole;
  readonly settings: SaslSettings;
  /** The call that runs: a leg takes its credential, target and requirements. */
  call: SaslContextCall;
  #handle: CtxtHandle | undefined;
  #contextAttr = 0;

  constructor(table: PackageFunctionTable, role: SaslRole, settings: SaslSettings, call: SaslContextCall) {
    this.table = table;
    this.role = role;
    this.settings = settings;
    this.call = call;
  }

  /** Undefined until the first leg has gone through. */
  get handle(): CtxtHandle | undefined {
    return this.#handle;
  }

  /** What the package's last leg reported: ISC_RET or ASC_RET bits. */
  get contextAttr(): number {
    return this.#contextAttr;
  }

  /** The context for messages and attributes. */
  get established(): CtxtHandle {
    if (this.#handle === undefined) throw new SaslFailure(SEC_E.NO_CONTEXT, 'there is no context yet');
    return this.#handle;
  }

  /**
   * One leg of the package. An undefined token gives it no TOKEN buffer. CompleteAuthToken is called where the package asks for it,
   * so what comes back has SEC_E_OK or SEC_I_CONTINUE_NEEDED, and one TOKEN buffer.
   */
  async leg(token: Uint8Array | undefined, parameters: readonly SecBuffer[] = NO_BUFFERS): Promise<ContextLeg> {
    const leg = await this.#packageLeg(this.#input(token, parameters));
    this.#handle = leg.context;
    this.#contextAttr = leg.contextAttr;
    return isPlain(leg) ? leg : this.#complete(leg);
  }

  /** A leg that the profile makes by itself, over a context that stands. */
  ownLeg(status: number, token: Uint8Array, contextAttr: number): ContextLeg {
    return { status, context: this.established, output: [tokenBuffer(token)], input: [], contextAttr };
  }

  /** Deletes the package's context, whatever state it is in. */
  async abandon(): Promise<void> {
    if (this.#handle === undefined) return;
    try {
      await this.table.deleteSecurityContext(this.#handle);
    } catch {
      // The provider has ended it already: there is nothing left to delete.
    }
  }

  #input(token: Uint8Array | undefined, parameters: readonly SecBuffer[]): SecBuffer[] {
    const input = token === undefined ? [] : [tokenBuffer(token)];
    for (const buffer of this.call.input ?? NO_BUFFERS) {
      if (bufferType(buffer) === SECBUFFER.CHANNEL_BINDINGS) input.push(buffer);
    }
    for (const parameter of parameters) input.push(parameter);
    return input;
  }

  #packageLeg(input: readonly SecBuffer[]): Promise<ContextLeg> {
    const { credential, contextReq, targetDataRep, signal } = this.call;
    const context = this.#handle;
    if (this.role === 'server') {
      return this.table.acceptSecurityContext({ credential, context, input, contextReq, targetDataRep, signal });
    }
    const { targetName } = this.call as SaslInitializeContextCall;
    const leg = { credential, context, targetName, input, contextReq, targetDataRep, signal };
    return this.table.initializeSecurityContext(leg);
  }

  async #complete(leg: ContextLeg): Promise<ContextLeg> {
    const token = findBuffer(leg.output, SECBUFFER.TOKEN) ?? tokenBuffer(NOTHING);
    return { ...leg, status: await this.#completed(leg), output: [token] };
  }

  async #completed({ status, context, output }: ContextLeg): Promise<number> {
    switch (status) {
      case SEC_E.OK:
      case SEC_I.CONTINUE_NEEDED:
        return status;
      case SEC_I.COMPLETE_NEEDED:
        await this.table.completeAuthToken(context, output);
        return SEC_E.OK;
      case SEC_I.COMPLETE_AND_CONTINUE:
        await this.table.completeAuthToken(context, output);
        return SEC_I.CONTINUE_NEEDED;
      default:
        // SASL hands over whole messages (RFC 4422 3): a package that wants more bytes was given a broken one.
        throw new SaslFailure(SEC_E.INVALID_TOKEN, `the package answered ${statusName(status)} to a whole message`);
    }
  }
}

/** Whether a package's leg is one of ours as it is. */
function isPlain({ status, output }: ContextLeg): boolean {
  if (status !== SEC_E.OK && status !== SEC_I.CONTINUE_NEEDED) return false;
  const [token] = output;
  return output.length === 1 && token !== undefined && bufferType(token) === SECBUFFER.TOKEN;
}

const NO_BUFFERS: readonly SecBuffer[] = [];
const NOTHING = new Uint8Array(0);
