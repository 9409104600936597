import { concatBytes } from '../../../../bytes/concat.js';
import { encodeLatin1, encodeUtf8 } from '../../../../bytes/text.js';
import { CHECKSUM_TYPE } from '../../constants/checksum-type.js';
import { ETYPE } from '../../constants/etype.js';
import type { EncryptionType } from '../encryption-type.js';
import { iterationCount, iterationParameters } from '../iterations.js';
import { runPbkdf2 } from '../pbkdf2.js';
import { AES_BLOCK } from '../rfc3962/aes-cts.js';
import { AesSha2Key } from './aes-sha2-key.js';
import { deriveSha2, type Sha2 } from './kdf.js';

export const AES128_SHA256: EncryptionType = aesSha2('sha256', {
  number: ETYPE.AES128_SHA256,
  name: 'aes128-cts-hmac-sha256-128',
  aliases: ['aes128-sha2'],
  keyLength: 16,
  macLength: 16,
  checksumType: CHECKSUM_TYPE.HMAC_SHA256_128_AES128,
});

export const AES256_SHA384: EncryptionType = aesSha2('sha384', {
  number: ETYPE.AES256_SHA384,
  name: 'aes256-cts-hmac-sha384-192',
  aliases: ['aes256-sha2'],
  keyLength: 32,
  macLength: 24,
  checksumType: CHECKSUM_TYPE.HMAC_SHA384_192_AES256,
});

type Variant = Pick<EncryptionType, 'number' | 'name' | 'aliases' | 'keyLength' | 'macLength' | 'checksumType'>;

/** RFC 8009 4: PBKDF2 with the name of the type before the salt, then KDF with the label "kerberos". */
function aesSha2(digest: Sha2, variant: Variant): EncryptionType {
  const defaultParameters = iterationParameters(32768);
  const saltPrefix = encodeLatin1(`${variant.name}\0`);
  const type: EncryptionType = {
    ...variant,
    confounderLength: AES_BLOCK,
    checksumLength: variant.macLength,
    weak: false,
    defaultParameters,
    key: bytes => new AesSha2Key(type, digest, bytes),
    async stringToKey(password, salt, parameters = defaultParameters) {
      const iterations = iterationCount(parameters);
      const fullSalt = concatBytes(saltPrefix, salt);
      const base = await runPbkdf2(digest, encodeUtf8(password), fullSalt, iterations, variant.keyLength);
      const bytes = deriveSha2(digest, base, encodeLatin1('kerberos'), variant.keyLength);
      const key = type.key(bytes);
      base.fill(0);
      bytes.fill(0);
      return key;
    },
  };
  return Object.freeze(type);
}
