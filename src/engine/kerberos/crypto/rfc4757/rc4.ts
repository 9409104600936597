import { encodeUtf16le } from '../../../../bytes/text.js';
import { md4 } from '../../../crypto/weak/md4.js';
import { CHECKSUM_TYPE } from '../../constants/checksum-type.js';
import { ETYPE } from '../../constants/etype.js';
import type { EncryptionType } from '../encryption-type.js';
import { Rc4Key, type Rc4Strength } from './rc4-key.js';

export const RC4: EncryptionType = rc4(128, {
  number: ETYPE.RC4,
  name: 'rc4-hmac',
  aliases: ['arcfour-hmac', 'arcfour-hmac-md5'],
});

export const RC4_EXPORT: EncryptionType = rc4(56, {
  number: ETYPE.RC4_EXPORT,
  name: 'rc4-hmac-exp',
  aliases: ['arcfour-hmac-exp', 'arcfour-hmac-md5-exp'],
});

/** RFC 4757 2: the key is the NT hash of the password; salt and parameters play no part. */
function rc4(strength: Rc4Strength, variant: Pick<EncryptionType, 'number' | 'name' | 'aliases'>): EncryptionType {
  const type: EncryptionType = {
    ...variant,
    keyLength: 16,
    confounderLength: 8,
    macLength: 16,
    checksumType: CHECKSUM_TYPE.HMAC_MD5,
    checksumLength: 16,
    weak: true,
    defaultParameters: undefined,
    key: bytes => new Rc4Key(type, strength, bytes),
    async stringToKey(password) {
      const text = encodeUtf16le(password);
      const bytes = md4(text);
      const key = type.key(bytes);
      text.fill(0);
      bytes.fill(0);
      return key;
    },
  };
  return Object.freeze(type);
}
