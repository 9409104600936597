import { ArgumentError } from '../sspi/arguments.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import { checkProtections, type Protection } from './protection.js';

/** What a context must be, whatever the peer would have been content with. */
export interface ProtectionOptions {
  /** Protections without which the context is not used: SEC_E_QOP_NOT_SUPPORTED where one is missing. None by default. */
  readonly require?: readonly Protection[];
  /** Protections to ask for besides those, and to do without where the peer has none: integrity and confidentiality by default. */
  readonly request?: readonly Protection[];
}

/** The options of a context, checked once. */
export class ProtectionPolicy {
  readonly required: readonly Protection[];
  /** All to ask for: what is required and what is only wished for. */
  readonly requested: ReadonlySet<Protection>;

  constructor({ require = [], request = DEFAULT_REQUEST }: ProtectionOptions) {
    checkProtections(require, 'require');
    checkProtections(request, 'request');
    this.required = [...require];
    this.requested = new Set([...require, ...request]);
  }

  /** Throws SEC_E_QOP_NOT_SUPPORTED unless `granted` has all that is required. */
  enforce(exchange: Exchange, granted: ReadonlySet<Protection>): void {
    const missing = this.required.filter(protection => !granted.has(protection));
    if (missing.length === 0) return;
    throw exchange.refusal(
      SEC_E.QOP_NOT_SUPPORTED,
      `the exchange gave no ${missing.join(' and no ')}, and \`require\` asks for it`,
      'Ask the peer to offer it, choose a package that has it, or require less where another layer, such as TLS, protects the connection.',
    );
  }
}

/** Throws SEC_E_DOWNGRADE_DETECTED unless the package that was agreed is among those allowed. */
export function checkPackage(exchange: Exchange, packageName: string, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.some(name => name.toLowerCase() === packageName.toLowerCase())) return;
  throw exchange.refusal(
    SEC_E.DOWNGRADE_DETECTED,
    `the exchange agreed on ${packageName}, and only ${allowed.join(', ')} may be used`,
    'Find out why the stronger package could not be used (a missing SPN, no keytab), or allow this one.',
  );
}

export function checkNames(names: readonly string[] | undefined, option: string): void {
  if (names === undefined) return;
  const valid =
    Array.isArray(names) && names.length > 0 && names.every(name => typeof name === 'string' && name !== '');
  if (!valid) throw new ArgumentError(`${option} must be an array of names`);
}

const DEFAULT_REQUEST: readonly Protection[] = ['integrity', 'confidentiality'];
