import { encodeLatin1, encodeUtf8 } from '../../../../bytes/text.js';
import { CHECKSUM_TYPE } from '../../constants/checksum-type.js';
import { ETYPE } from '../../constants/etype.js';
import type { EncryptionType } from '../encryption-type.js';
import { iterationCount, iterationParameters } from '../iterations.js';
import { runPbkdf2 } from '../pbkdf2.js';
import { nFold } from '../rfc3961/n-fold.js';
import { AES_BLOCK } from './aes-cts.js';
import { AesSha1Key } from './aes-sha1-key.js';
import { deriveKeys } from './derive-key.js';

export const AES128_SHA1: EncryptionType = aesSha1({
  number: ETYPE.AES128_SHA1,
  name: 'aes128-cts-hmac-sha1-96',
  aliases: ['aes128-cts', 'aes128-sha1'],
  keyLength: 16,
  checksumType: CHECKSUM_TYPE.HMAC_SHA1_96_AES128,
});

export const AES256_SHA1: EncryptionType = aesSha1({
  number: ETYPE.AES256_SHA1,
  name: 'aes256-cts-hmac-sha1-96',
  aliases: ['aes256-cts', 'aes256-sha1'],
  keyLength: 32,
  checksumType: CHECKSUM_TYPE.HMAC_SHA1_96_AES256,
});

type Variant = Pick<EncryptionType, 'number' | 'name' | 'aliases' | 'keyLength' | 'checksumType'>;

/** RFC 3962 4: PBKDF2, then DK with the constant "kerberos". */
function aesSha1(variant: Variant): EncryptionType {
  const defaultParameters = iterationParameters(4096);
  const type: EncryptionType = {
    ...variant,
    confounderLength: AES_BLOCK,
    macLength: 12,
    checksumLength: 12,
    weak: false,
    defaultParameters,
    key: bytes => new AesSha1Key(type, bytes),
    async stringToKey(password, salt, parameters = defaultParameters) {
      const iterations = iterationCount(parameters);
      const base = await runPbkdf2('sha1', encodeUtf8(password), salt, iterations, variant.keyLength);
      const [bytes] = deriveKeys(base, [nFold(encodeLatin1('kerberos'), AES_BLOCK)]);
      const key = type.key(bytes!);
      base.fill(0);
      bytes!.fill(0);
      return key;
    },
  };
  return Object.freeze(type);
}
