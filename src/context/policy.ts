import { ArgumentError } from '../sspi/arguments.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import { type ContextRole, checkProtections, isGranted, type Protection, requestFlags } from './protection.js';

/** What a context must be, whatever the peer would have been content with. */
export interface ProtectionOptions {
  /** Protections without which the context is not used: SEC_E_QOP_NOT_SUPPORTED where one is missing. None by default. */
  readonly require?: readonly Protection[] | undefined;
  /** Protections to ask for besides those, and to do without where the peer has none: integrity and confidentiality by default. */
  readonly request?: readonly Protection[] | undefined;
}

/** The options of a context, checked once. */
export class ProtectionPolicy {
  readonly #role: ContextRole;
  readonly #required: readonly Protection[];
  /** ISC_REQ or ASC_REQ bits: what is required, and what is only wished for. */
  readonly contextReq: number;

  constructor(role: ContextRole, { require = NONE, request = DEFAULT_REQUEST }: ProtectionOptions) {
    checkProtections(require, 'require');
    checkProtections(request, 'request');
    this.#role = role;
    this.#required = require.slice();
    this.contextReq = (requestFlags(role, require) | requestFlags(role, request)) >>> 0;
  }

  /** Throws SEC_E_QOP_NOT_SUPPORTED unless ISC_RET or ASC_RET bits report all that is required. */
  enforce(exchange: Exchange, contextAttr: number): void {
    if (this.#required.length === 0) return;
    const missing = this.#required.filter(protection => !isGranted(this.#role, contextAttr, protection));
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

const NONE: readonly Protection[] = [];
const DEFAULT_REQUEST: readonly Protection[] = ['integrity', 'confidentiality'];
