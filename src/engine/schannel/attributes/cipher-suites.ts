/** A cipher suite, by what its name says. */
export interface CipherSuite {
  /** IANA's number. */
  readonly number: number;
  readonly exchange: 'ECDHE' | 'DHE' | 'any';
  readonly certificate: 'ECDSA' | 'RSA' | 'any';
  readonly cipher: 'AES' | 'CHACHA20_POLY1305';
  /** Of the cipher's key, in bits. */
  readonly keyLength: 128 | 256;
  readonly mode: 'GCM' | 'CBC' | 'POLY1305';
  readonly hash: 'SHA256' | 'SHA384';
}

/** The suite of a standard name. Source: IANA, "TLS Cipher Suites". */
export function cipherSuite(standardName: string): CipherSuite | undefined {
  const row = SUITES.get(standardName);
  if (!row) return undefined;
  const [number] = row;
  const isTls13 = !standardName.includes('_WITH_');
  return {
    number,
    exchange: isTls13 ? 'any' : standardName.startsWith('TLS_ECDHE') ? 'ECDHE' : 'DHE',
    certificate: isTls13 ? 'any' : standardName.includes('_ECDSA_') ? 'ECDSA' : 'RSA',
    cipher: standardName.includes('CHACHA20') ? 'CHACHA20_POLY1305' : 'AES',
    keyLength: standardName.includes('_128_') ? 128 : 256,
    mode: standardName.includes('_GCM_') ? 'GCM' : standardName.includes('_CBC_') ? 'CBC' : 'POLY1305',
    hash: standardName.endsWith('SHA384') ? 'SHA384' : 'SHA256',
  };
}

/** What the package agrees on, in the names of OpenSSL, and nothing else. */
export function offeredCiphers(): string {
  return [...SUITES.values()].map(([, name]) => name).join(':');
}

/** In the order of preference: number, and OpenSSL's name. */
const SUITES: ReadonlyMap<string, readonly [number: number, name: string]> = new Map([
  ['TLS_AES_256_GCM_SHA384', [0x1302, 'TLS_AES_256_GCM_SHA384']],
  ['TLS_CHACHA20_POLY1305_SHA256', [0x1303, 'TLS_CHACHA20_POLY1305_SHA256']],
  ['TLS_AES_128_GCM_SHA256', [0x1301, 'TLS_AES_128_GCM_SHA256']],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', [0xc02b, 'ECDHE-ECDSA-AES128-GCM-SHA256']],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', [0xc02f, 'ECDHE-RSA-AES128-GCM-SHA256']],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', [0xc02c, 'ECDHE-ECDSA-AES256-GCM-SHA384']],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', [0xc030, 'ECDHE-RSA-AES256-GCM-SHA384']],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', [0xcca9, 'ECDHE-ECDSA-CHACHA20-POLY1305']],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', [0xcca8, 'ECDHE-RSA-CHACHA20-POLY1305']],
  ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', [0x009e, 'DHE-RSA-AES128-GCM-SHA256']],
  ['TLS_DHE_RSA_WITH_AES_256_GCM_SHA384', [0x009f, 'DHE-RSA-AES256-GCM-SHA384']],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384', [0xc024, 'ECDHE-ECDSA-AES256-SHA384']],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', [0xc028, 'ECDHE-RSA-AES256-SHA384']],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', [0xc023, 'ECDHE-ECDSA-AES128-SHA256']],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', [0xc027, 'ECDHE-RSA-AES128-SHA256']],
] as const);
