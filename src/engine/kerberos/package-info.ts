import { SECPKG_FLAG, type SecPkgInfo } from '../../sspi/packages.js';

/** As Windows reports its own, without the capabilities that a process outside of Windows cannot have, and without datagrams. */
export const KERBEROS_INFO: SecPkgInfo = {
  name: 'Kerberos',
  comment: 'Microsoft Kerberos V1.0',
  capabilities:
    SECPKG_FLAG.INTEGRITY |
    SECPKG_FLAG.PRIVACY |
    SECPKG_FLAG.TOKEN_ONLY |
    SECPKG_FLAG.CONNECTION |
    SECPKG_FLAG.MULTI_REQUIRED |
    SECPKG_FLAG.EXTENDED_ERROR |
    SECPKG_FLAG.ACCEPT_WIN32_NAME |
    SECPKG_FLAG.NEGOTIABLE |
    SECPKG_FLAG.GSS_COMPATIBLE |
    SECPKG_FLAG.MUTUAL_AUTH |
    SECPKG_FLAG.DELEGATION |
    SECPKG_FLAG.READONLY_WITH_CHECKSUM,
  version: 1,
  rpcId: 16,
  maxToken: 48000,
};
Object.freeze(KERBEROS_INFO);
