import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { PA_TYPE } from '../constants/pa-type.js';
import { encryptionTypeName } from '../crypto/encryption-types.js';
import { decodeEtypeInfo, decodeEtypeInfo2, type EtypeInfo } from '../messages/etype-info.js';
import { findPaData, type PaData } from '../messages/pa-data.js';

/**
 * The encryption type, salt and parameters of the client's key (RFC 4120 5.2.7.5): of those that the KDC offers the one that this client
 * wants most. The offer is not protected, so its order is not followed; nothing is taken that was not asked for.
 *
 * Throws SEC_E_KDC_UNKNOWN_ETYPE where there is none in common.
 */
export function chooseEtypeInfo(padata: readonly PaData[] | undefined, wanted: readonly number[]): EtypeInfo {
  const offered = offeredInfo(padata);
  if (!offered) return { etype: firstOf(wanted), salt: findPaData(padata, PA_TYPE.PW_SALT) };
  for (const etype of wanted) {
    const info = offered.find(entry => entry.etype === etype);
    if (info) return info;
  }
  const names = offered.map(({ etype }) => encryptionTypeName(etype)).join(', ');
  throw new PackageError(
    SEC_E.KDC_UNKNOWN_ETYPE,
    `the KDC has keys of ${names || 'no type'} for the client, and none of these may be used`,
  );
}

/** What the KDC says about the key of one encryption type; nothing but the type where it says nothing. */
export function etypeInfoOf(padata: readonly PaData[] | undefined, etype: number): EtypeInfo {
  return (
    offeredInfo(padata)?.find(entry => entry.etype === etype) ?? { etype, salt: findPaData(padata, PA_TYPE.PW_SALT) }
  );
}

function offeredInfo(padata: readonly PaData[] | undefined): EtypeInfo[] | undefined {
  const second = findPaData(padata, PA_TYPE.ETYPE_INFO2);
  if (second) return decodeEtypeInfo2(second);
  const first = findPaData(padata, PA_TYPE.ETYPE_INFO);
  return first && decodeEtypeInfo(first);
}

function firstOf(wanted: readonly number[]): number {
  const [first] = wanted;
  if (first !== undefined) return first;
  throw new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, 'no encryption type may be used', {
    hint: 'Look at permitted_enctypes in krb5.conf, and at the types of the keys in the keytab (`klist -k -e`).',
  });
}
