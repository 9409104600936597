import { malformed, uniqueDirectives } from './authorization.js';

/** An Authentication-Info field (RFC 7616 3.5). */
export interface AuthenticationInfo {
  readonly rspauth: string | undefined;
  readonly nextNonce: string | undefined;
  readonly cnonce: string | undefined;
  readonly nc: string | undefined;
  readonly qop: string | undefined;
}

/** Undefined for what is a challenge. Throws SEC_E_INVALID_TOKEN. */
export function readAuthenticationInfo(text: string): AuthenticationInfo | undefined {
  const directives = uniqueDirectives(text);
  if (directives.has('realm')) return undefined;
  const value = (name: string): string | undefined => directives.get(name)?.value;
  const info = {
    rspauth: value('rspauth'),
    nextNonce: value('nextnonce'),
    cnonce: value('cnonce'),
    nc: value('nc'),
    qop: value('qop'),
  };
  if (info.rspauth === undefined && info.nextNonce === undefined)
    throw malformed('it is neither a challenge nor Authentication-Info');
  return info;
}
