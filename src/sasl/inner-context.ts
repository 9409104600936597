import { filterBuffers, findBuffer, SECBUFFER, type SecBuffer, tokenBuffer } from '../sspi/buffers.js';
import type {
  ContextLeg,
  PackageFunctionTable,
  SaslAcceptContextCall,
  SaslInitializeContextCall,
} from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E, SEC_I, statusName } from '../sspi/status.js';
import { SaslFailure } from './sasl-failure.js';
import type { SaslRole, SaslStep } from './sasl-step.js';
import type { SaslSettings } from './settings.js';

export type SaslContextCall = SaslAcceptContextCall | SaslInitializeContextCall;

const NOTHING = new Uint8Array(0);

/** The package's context under a SASL exchange. Profiles reach the package's functions through it only. */
export class InnerContext {
  readonly table: PackageFunctionTable;
  readonly role: SaslRole;
  readonly settings: SaslSettings;
  /** The call that runs: a leg takes its credential, target and requirements. */
  call: SaslContextCall;
  #handle: CtxtHandle | undefined;

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

  /** The context for messages and attributes. */
  get established(): CtxtHandle {
    if (this.#handle === undefined) throw new SaslFailure(SEC_E.NO_CONTEXT, 'there is no context yet');
    return this.#handle;
  }

  /**
   * One leg of the package. An undefined token gives it no TOKEN buffer. CompleteAuthToken is called where the package asks for it,
   * so what comes back is SEC_E_OK or SEC_I_CONTINUE_NEEDED.
   */
  async leg(token: Uint8Array | undefined, parameters: readonly SecBuffer[] = []): Promise<SaslStep> {
    const leg = await this.#packageLeg(token, parameters);
    this.#handle ??= leg.context;
    const status = await this.#complete(leg);
    const step = {
      status,
      token: findBuffer(leg.output, SECBUFFER.TOKEN)?.data ?? NOTHING,
      contextAttr: leg.contextAttr,
    };
    return leg.expiry ? { ...step, expiry: leg.expiry } : step;
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

  #packageLeg(token: Uint8Array | undefined, parameters: readonly SecBuffer[]): Promise<ContextLeg> {
    const { credential, contextReq, targetDataRep, signal } = this.call;
    const input = filterBuffers(this.call.input, SECBUFFER.CHANNEL_BINDINGS);
    if (token !== undefined) input.unshift(tokenBuffer(token));
    input.push(...parameters);
    const call = {
      input,
      contextReq,
      ...(credential !== undefined && { credential }),
      ...(this.#handle !== undefined && { context: this.#handle }),
      ...(targetDataRep !== undefined && { targetDataRep }),
      ...(signal !== undefined && { signal }),
    };
    if (this.role === 'server') return this.table.acceptSecurityContext(call);
    const { targetName } = this.call as SaslInitializeContextCall;
    return this.table.initializeSecurityContext(targetName === undefined ? call : { ...call, targetName });
  }

  async #complete({ status, context, output }: ContextLeg): Promise<number> {
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
