declare const credentialBrand: unique symbol;
declare const contextBrand: unique symbol;
declare const tokenBrand: unique symbol;

/** A credential (`CredHandle`): opaque, made by a provider, good for that provider only. */
export interface CredHandle {
  readonly [credentialBrand]: never;
}

/** A security context (`CtxtHandle`): opaque, made by a provider, good for that provider only. */
export interface CtxtHandle {
  readonly [contextBrand]: never;
}

/** An access token (`HANDLE`) that goes with an exported context: opaque, closed by the provider. */
export interface TokenHandle {
  readonly [tokenBrand]: never;
}
