import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import { SessionContext } from '../session-context.js';
import type { NtlmSession } from './session/session.js';

/** What the contexts of clients and servers have in common: SPNEGO's list of mechanisms is signed in a way of its own. */
export abstract class NtlmContext extends SessionContext<NtlmSession> {
  /** [MS-SPNG] 3.2.5.1 and 3.3.5.1, with their product notes: Windows wants mechListMIC wherever there was a MIC. */
  get requiresMechListMic(): boolean {
    return this.session?.carriedMic ?? false;
  }

  signMechList(list: Uint8Array): Uint8Array {
    return this.standing().signMechList(list);
  }

  verifyMechList(list: Uint8Array, mic: Uint8Array): void {
    this.standing().verifyMechList(list, mic);
  }
}

/** A leg after the last one. */
export function logonIsOver(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the logon is complete already', {
    hint: 'A challenge of NTLM is good for one logon: begin a new context for another.',
  });
}
