/** Why a credential cannot be made on Windows, by documented means, and what to do instead. */
export interface UnsupportedText {
  readonly detail: string;
  readonly hint: string;
}

const OTHER_WAY = "or ask for the engine: initSecurityInterface({ provider: 'engine' }).";

export const NT_HASH: UnsupportedText = {
  detail: 'Windows takes no NT hash in place of a password',
  hint: `Give the password (kind 'password'), ${OTHER_WAY}`,
};

export const KEYTAB: UnsupportedText = {
  detail: 'Windows reads no keytab',
  hint: `On Windows the keys of a service are those of the account that it runs as: leave authData out, ${OTHER_WAY}`,
};

export const CCACHE: UnsupportedText = {
  detail: 'Windows reads no credential cache',
  hint: `On Windows the tickets are those of the logon session: leave authData out, ${OTHER_WAY}`,
};

export const CERTIFICATE_LOGON: UnsupportedText = {
  detail: 'only Schannel takes a certificate here',
  hint: "Ask for the package 'Schannel'; to log on by a smart card, run as the user who did and leave authData out.",
};

export const CLIENT_ROOTS: UnsupportedText = {
  detail: "Schannel's clients trust the roots of the Windows store and no others",
  hint:
    'Add the roots to the store, or validate the certificate yourself: SCH_CRED.MANUAL_CRED_VALIDATION, then ' +
    'queryContextAttributes with SECPKG_ATTR.REMOTE_CERT_CONTEXT.',
};

export const REVOCATION_LISTS: UnsupportedText = {
  detail: 'Schannel takes revocation lists from the Windows store or from the network only',
  hint: 'Add the lists to the store (`certutil -addstore CA FILE`), and set a flag SCH_CRED.REVOCATION_CHECK_...',
};
