import { findBuffer, SECBUFFER } from '../../../sspi/buffers.js';
import type { MessageBuffers, MessageCall } from '../../../sspi/messages.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, InitializeLeg, LegResult, PackageContext } from '../../security-package.js';
import type { DigestSession } from './session.js';

/** What the contexts of clients and servers have in common: once the logon stands, its session does the work. */
export abstract class DigestMd5Context implements PackageContext {
  protected session: DigestSession | undefined;

  abstract step(leg: InitializeLeg): LegResult | Promise<LegResult>;

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

  close(): void {
    this.session?.close();
  }

  #standing(): DigestSession {
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
    hint: 'A nonce of DIGEST-MD5 is good for one logon: begin a new context for another.',
  });
}

const NOTHING = new Uint8Array(0);
