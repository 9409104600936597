import { ANY_NATIVE, type Difference, NATIVE_CLIENT, NATIVE_SERVER, type SuiteName } from './difference.js';

const WINE = { where: 'Wine' } as const;
const SUITES: readonly SuiteName[] = [
  'Schannel: handshake',
  'Schannel: messages',
  'Schannel: attributes',
  'Schannel: refusals',
];
const OF_TLS_1_3 = {
  handshake: [
    'goes through, TLS 1.3, in pieces of any number of bytes',
    'goes through, TLS 1.3, in pieces of 100 bytes',
    'goes through, TLS 1.3, in pieces of 1 bytes',
  ],
  messages: [
    'go both ways, TLS 1.3',
    'arrive byte by byte, TLS 1.3',
    'end with close_notify of the client, TLS 1.3',
    'end with close_notify of the server, TLS 1.3',
  ],
} as const;
const NO_VERSIONS = {
  pairs: ANY_NATIVE,
  ...WINE,
  reason: "Wine's Schannel passes over TLS_PARAMETERS, so that TLS 1.3 cannot be asked for",
} as const;
const OWN_ROOTS = {
  suite: 'Schannel: refusals',
  tests: ['none of a server that the client trusts', 'of a server with another name'],
  pairs: NATIVE_CLIENT,
  reason: "Schannel's clients trust the roots of the Windows store and no others",
} as const;

export const SCHANNEL_DIFFERENCES: readonly Difference[] = [
  ...SUITES.map(
    suite =>
      ({
        suite,
        tests: 'all',
        pairs: NATIVE_SERVER,
        where: 'Wine before 10',
        reason: "Wine before 10 has no server side of Schannel's",
      }) as const,
  ),
  { suite: 'Schannel: handshake', tests: OF_TLS_1_3.handshake, ...NO_VERSIONS },
  { suite: 'Schannel: messages', tests: OF_TLS_1_3.messages, ...NO_VERSIONS },
  {
    suite: 'Schannel: handshake',
    tests: ['tells the server which version was agreed on'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's CONNECTION_INFO has the client's bit of the version on servers, too",
  },
  {
    suite: 'Schannel: handshake',
    tests: ["shows the server the client's certificate where it asks for it"],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's Schannel server does not ask for the client's certificate",
  },
  {
    suite: 'Schannel: attributes',
    tests: ['ENDPOINT_BINDINGS: the same on both sides'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine looks for the server's certificate at the peer, on servers, too",
  },
  {
    suite: 'Schannel: attributes',
    tests: ['CIPHER_INFO: the same on both sides'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: "Wine's CIPHER_INFO does not name the cipher suite",
  },
  { ...OWN_ROOTS, where: 'Windows' },
  { ...OWN_ROOTS, ...WINE },
  {
    suite: 'Schannel: refusals',
    tests: ['of a certificate for which no root stands'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's Schannel leaves the certificate to its caller",
  },
  {
    suite: 'Schannel: refusals',
    tests: ['of plain HTTP at a server'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's Schannel server waits for more of a record of any kind",
  },
];
