import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import type { MessageBuffers, MessageCall } from '../sspi/messages.js';
import { SEC_E } from '../sspi/status.js';
import { PackageError } from './package-error.js';
import type { ContextLegInput, InitializeLeg, LegResult, PackageContext } from './security-package.js';

/** What an exchange has come to: attributes, and the protection of messages. */
export interface Session {
  queryAttribute(attribute: number): unknown;
  makeSignature(message: MessageCall): MessageBuffers;
  verifySignature(message: MessageCall): MessageBuffers;
  encryptMessage(message: MessageCall): MessageBuffers;
  decryptMessage(message: MessageCall): MessageBuffers;
  close(): void;
}

/** A context, of a client or of a server, whose session does the work once the exchange is over. */
export abstract class SessionContext<S extends Session> implements PackageContext {
  protected session: S | undefined;

  abstract step(leg: InitializeLeg): LegResult | Promise<LegResult>;

  queryAttribute(attribute: number): unknown {
    return this.session?.queryAttribute(attribute);
  }

  makeSignature(message: MessageCall): MessageBuffers {
    return this.standing().makeSignature(message);
  }

  verifySignature(message: MessageCall): MessageBuffers {
    return this.standing().verifySignature(message);
  }

  encryptMessage(message: MessageCall): MessageBuffers {
    return this.standing().encryptMessage(message);
  }

  decryptMessage(message: MessageCall): MessageBuffers {
    return this.standing().decryptMessage(message);
  }

  close(): void {
    this.session?.close();
  }

  /** The session. Throws SEC_E_INVALID_HANDLE before there is one. */
  protected standing(): S {
    if (this.session) return this.session;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the exchange is not complete');
  }
}

/** The peer's token; empty where the caller has none. */
export function inputToken({ input }: ContextLegInput): Uint8Array {
  return findBuffer(input, SECBUFFER.TOKEN)?.data ?? NOTHING;
}

const NOTHING = new Uint8Array(0);
