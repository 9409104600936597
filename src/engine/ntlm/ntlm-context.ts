import { findBuffer, SECBUFFER } from '../../sspi/buffers.js';
import type { MessageBuffers, MessageCall } from '../../sspi/messages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { ContextLegInput, InitializeLeg, LegResult, PackageContext } from '../security-package.js';
import type { NtlmSession } from './session/session.js';

/** What the contexts of clients and servers have in common: once the logon stands, its session does the work. */
export abstract class NtlmContext implements PackageContext {
  protected session: NtlmSession | undefined;

  abstract step(leg: InitializeLeg): LegResult | Promise<LegResult>;

  /** [MS-SPNG] 3.2.5.1 and 3.3.5.1, with their product notes: Windows wants mechListMIC wherever there was a MIC. */
  get requiresMechListMic(): boolean {
    return this.session?.carriedMic ?? false;
  }

  queryAttribute(attribute: number): unknown {
    return this.session?.queryAttribute(attribute);
  }

  makeSignature(message: MessageCall): MessageBuffers {
    return this.#standing().makeSignature(message);
  }

  verifySignature(message: MessageCall): MessageBuffers {
    return this.#standing().verifySignature(message);
  }

  encryptMessage(message: MessageCall): MessageBuffers {
    return this.#standing().encryptMessage(message);
  }

  decryptMessage(message: MessageCall): MessageBuffers {
    return this.#standing().decryptMessage(message);
  }

  signMechList(list: Uint8Array): Uint8Array {
    return this.#standing().signMechList(list);
  }

  verifyMechList(list: Uint8Array, mic: Uint8Array): void {
    this.#standing().verifyMechList(list, mic);
  }

  close(): void {
    this.session?.close();
  }

  #standing(): NtlmSession {
    if (this.session) return this.session;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the logon is not complete');
  }
}

/** The peer's token; empty where the caller has none. */
export function inputToken({ input }: ContextLegInput): Uint8Array {
  return findBuffer(input, SECBUFFER.TOKEN)?.data ?? NOTHING;
}

/** A leg after the last one. */
export function logonIsOver(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the logon is complete already', {
    hint: 'A challenge of NTLM is good for one logon: begin a new context for another.',
  });
}

const NOTHING = new Uint8Array(0);
