import { encodeUtf8 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType, encryptionTypeName } from '../crypto/encryption-types.js';
import { iterationCount } from '../crypto/iterations.js';
import type { Keytab } from '../keytab/keytab.js';
import type { EtypeInfo } from '../messages/etype-info.js';
import { formatPrincipal, type Principal } from '../names/principal.js';

/** Where the long-term key of a client comes from. */
export interface ClientKeys {
  /** Etype numbers that there is a key of; undefined: of all. */
  encryptionTypes(client: Principal): readonly number[] | undefined;
  /** The client's key; the caller wipes it. Throws SEC_E_NO_CREDENTIALS. */
  key(client: Principal, info: EtypeInfo): Promise<KerberosKey>;
}

/** Iterations below which the key of a password is not made: the number comes unprotected, and a low one helps who guesses passwords. */
const FEWEST_ITERATIONS = 4096;

/** Keys that are made of a password. */
export function passwordKeys(password: string): ClientKeys {
  return {
    encryptionTypes: () => undefined,
    async key(client, { etype, salt, parameters }) {
      const type = encryptionType(etype);
      if (!type) throw noKey(client, etype);
      if (type.defaultParameters && parameters) checkIterations(parameters);
      return type.stringToKey(password, salt ?? defaultSalt(client), parameters);
    },
  };
}

/** Keys of a keytab: the newest one of each encryption type. */
export function keytabKeys(keytab: Keytab): ClientKeys {
  return {
    encryptionTypes: ({ name, realm }) => keytab.encryptionTypes(name, realm),
    async key(client, { etype }) {
      const [entry] = keytab.find({ principal: client.name, realm: client.realm, etype });
      if (!entry?.key) throw noKey(client, etype);
      // The keytab keeps its key; this one is the caller's.
      return entry.value.use(bytes => entry.key!.type.key(bytes));
    },
  };
}

/** One key, as a user's NT hash is (RC4 only). The caller of this keeps it. */
export function singleKey(key: KerberosKey): ClientKeys {
  return {
    encryptionTypes: () => [key.type.number],
    async key(client, { etype }) {
      if (etype !== key.type.number) throw noKey(client, etype);
      return key.value.use(bytes => key.type.key(bytes));
    },
  };
}

/** The realm and all components of the name, without anything between them (RFC 4120 4). */
export function defaultSalt({ name, realm }: Principal): Uint8Array {
  return encodeUtf8([realm, ...name.components].join(''));
}

function checkIterations(parameters: Uint8Array): void {
  const count = iterationCount(parameters);
  if (count >= FEWEST_ITERATIONS) return;
  throw new PackageError(SEC_E.INVALID_TOKEN, `the KDC wants a key of the password by ${count} iterations only`, {
    hint: `${FEWEST_ITERATIONS} is the least. If the KDC really is set up so, raise it there and change the password; if not, somebody is in between.`,
  });
}

function noKey({ name, realm }: Principal, etype: number): PackageError {
  const who = formatPrincipal(name, realm);
  return new PackageError(SEC_E.NO_CREDENTIALS, `there is no key of ${encryptionTypeName(etype)} for ${who}`, {
    hint: 'See what is in the keytab with `klist -k -e -t`, and add the missing key (`ktutil`, `ktpass`).',
  });
}
