import type { TemporaryFolder } from '../run/folder.js';

/** The distribution's own: others on the path do not have its modules. */
export const PYTHON = '/usr/bin/python3';

/** The environment in which OpenSSL 3 has MD4 and RC4 as well, which the NTLM modules of Python ask it for. */
export function writeLegacyConfig(folder: TemporaryFolder): Readonly<Record<string, string>> {
  return { OPENSSL_CONF: folder.write('openssl.cnf', LEGACY) };
}

const LEGACY = `openssl_conf = init
[init]
providers = providers
[providers]
default = provider
legacy = provider
[provider]
activate = 1
`;
