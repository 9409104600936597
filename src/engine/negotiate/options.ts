/** How the engine negotiates. */
export interface NegotiateOptions {
  /**
   * The packages that may be agreed on, most preferred first. By default all that can be negotiated, the strongest first. A name that
   * the engine does not know is SEC_E_SECPKG_NOT_FOUND.
   */
  readonly packages?: readonly string[];
  /**
   * What a client does when the package it prefers cannot begin: no realm, no ticket, no KDC, no SPN. By default it fails and says why;
   * with `tryNext` it goes on with the next package, which SECPKG_ATTR.NEGO_STATUS and the channel `secur32:negotiate` of
   * node:diagnostics_channel report. Where NTLM is what you want, `packages: ['NTLM']` says so; so does an identity that only NTLM has a
   * use for (an NT hash), which is reported as well. What the server chooses of the packages on offer is another matter: that choice is
   * protected by signatures (RFC 4178 5).
   */
  readonly whenPreferredFails?: 'fail' | 'tryNext';
  /**
   * When the peer has to sign the list of mechanisms. With `strict`, the default, wherever [MS-SPNG] asks for it: also where both sides
   * prefer NTLM and the client's AUTHENTICATE has a MIC, as Windows and Samba do. With `rfc4178` only where another mechanism than the
   * preferred one was chosen, which is all that RFC 4178 5 asks for: some servers sign no list otherwise.
   */
  readonly mechListMic?: 'strict' | 'rfc4178';
  /**
   * What a server does with a token of a mechanism that comes without SPNEGO around it, as browsers and Windows send NTLM's under
   * `Negotiate`. Taken by default.
   */
  readonly bareTokens?: 'accept' | 'refuse';
}
