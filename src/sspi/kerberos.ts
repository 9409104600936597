/**
 * Attributes of the engine's Kerberos contexts that are not Windows': there, a server impersonates its client and so has the tickets that
 * the client handed on.
 */
export const KERBEROS_ATTR = {
  /**
   * The tickets that a client has delegated to this server (ASC_RET.DELEGATE), as a credential cache: the `ccache` of an identity to
   * acquire a credential with. Secret.
   */
  DELEGATED_CCACHE: 0x004b_0001,
} as const;
Object.freeze(KERBEROS_ATTR);
