import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { NAME_TYPE } from '../constants/name-type.js';
import type { PrincipalName } from '../messages/principal-name.js';

/** A name and its realm, as people write it: `HTTP/www.example.com@EXAMPLE.COM`. */
export interface Principal {
  readonly name: PrincipalName;
  readonly realm: string;
}

/**
 * Takes a principal's text apart (RFC 1964 2.1.1): components end at `/`, the realm begins at `@`, and `\` takes their meaning from
 * both; `\n`, `\t`, `\b` and `\0` stand for control characters. The realm is undefined where there is none.
 *
 * Throws SEC_E_TARGET_UNKNOWN for a text with two realms, or one that ends in `\`.
 */
export function parsePrincipal(
  text: string,
  type: number = NAME_TYPE.PRINCIPAL,
): { readonly name: PrincipalName; readonly realm: string | undefined } {
  const components = [''];
  let realm: string | undefined;
  const append = (characters: string): void => {
    if (realm !== undefined) realm += characters;
    else components.push(components.pop() + characters);
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      const escaped = text[++at];
      if (escaped === undefined) throw notAPrincipal(text);
      append(ESCAPES[escaped] ?? escaped);
    } else if (character === '@') {
      if (realm !== undefined) throw notAPrincipal(text);
      realm = '';
    } else if (character === '/' && realm === undefined) {
      components.push('');
    } else {
      append(character);
    }
  }
  return { name: { type, components }, realm };
}

/** The text of a principal, which {@link parsePrincipal} reads back. */
export function formatPrincipal(name: PrincipalName, realm?: string): string {
  const components = name.components.map(escapeText).join('/');
  return realm === undefined ? components : `${components}@${escapeText(realm)}`;
}

/** The ticket-granting service of a realm (RFC 4120 7.3). */
export function ticketGrantingService(realm: string): PrincipalName {
  return { type: NAME_TYPE.SRV_INST, components: ['krbtgt', realm] };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '0': '\0' };

function escapeText(text: string): string {
  return text.replace(/[\\/@\n\t\b\0]/g, character => `\\${LETTERS[character] ?? character}`);
}

const LETTERS: Readonly<Record<string, string>> = { '\n': 'n', '\t': 't', '\b': 'b', '\0': '0' };

function notAPrincipal(text: string): PackageError {
  return new PackageError(SEC_E.TARGET_UNKNOWN, `${JSON.stringify(text)} is not the name of a principal`, {
    hint: 'A principal is written primary/instance@REALM, with \\ before a / or @ that belongs to a name.',
  });
}
