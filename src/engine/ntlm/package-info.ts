import { SECPKG_FLAG, type SecPkgInfo } from '../../sspi/packages.js';

/**
 * As Windows reports its own, without the capabilities that a process outside of Windows cannot have (IMPERSONATION, LOGON,
 * RESTRICTED_TOKENS, APPCONTAINER_CHECKS), and with the datagrams that Windows has given up.
 */
export const NTLM_INFO: SecPkgInfo = {
  name: 'NTLM',
  comment: 'NTLM Security Package',
  capabilities:
    SECPKG_FLAG.INTEGRITY |
    SECPKG_FLAG.PRIVACY |
    SECPKG_FLAG.TOKEN_ONLY |
    SECPKG_FLAG.DATAGRAM |
    SECPKG_FLAG.CONNECTION |
    SECPKG_FLAG.MULTI_REQUIRED |
    SECPKG_FLAG.ACCEPT_WIN32_NAME |
    SECPKG_FLAG.NEGOTIABLE |
    SECPKG_FLAG.READONLY_WITH_CHECKSUM,
  version: 1,
  rpcId: 10,
  maxToken: 2888,
};
Object.freeze(NTLM_INFO);
