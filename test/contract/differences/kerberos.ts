import { ANY_NATIVE, type Difference, NATIVE_CLIENT, NATIVE_SERVER, NO_STREAM, type SuiteName } from './difference.js';

const WINE = { where: 'Wine' } as const;

export const KERBEROS_DIFFERENCES: readonly Difference[] = [
  {
    suite: 'Kerberos: logon',
    tests: ['agrees to sign only'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's Kerberos client always asks to seal",
  },
  {
    suite: 'Kerberos: logon',
    tests: ['refuses a target that the realm does not know'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's Kerberos says SEC_E_INTERNAL_ERROR whatever the KDC refuses",
  },
  {
    suite: 'Kerberos: logon',
    tests: ['refuses a wrong password'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's Kerberos says 0xC0000001, an NTSTATUS without meaning, where it gets no ticket for a password",
  },
  ...messages('Kerberos: messages'),
  ...messages('Kerberos: messages of DCE'),
  {
    suite: 'Kerberos: attributes',
    tests: [
      'SESSION_KEY: both have the same one',
      'NATIVE_NAMES: both know both',
      'LIFESPAN: it ends when the ticket does',
      'FLAGS: what the last leg said',
      'PACKAGE_INFO: Kerberos',
      'KEY_INFO: AES of 256 bits',
    ],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: "Wine's Kerberos does not have the attribute",
  },
  {
    suite: 'Kerberos: attributes',
    tests: ['NAMES: the server knows who the client is'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's Kerberos does not have the attribute",
  },
  {
    suite: 'Kerberos: bindings',
    tests: ['that differ are refused', 'that only the server has are refused'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's Kerberos server has no channel bindings",
  },
  {
    suite: 'Kerberos: bindings',
    tests: ['that are equal are taken'],
    pairs: ['native-engine'],
    ...WINE,
    reason: "Wine's Kerberos client has no channel bindings",
  },
];

/** Those of a suite of messages, by whatever package Kerberos is reached. */
export function messages(suite: SuiteName): Difference[] {
  return [
    { suite, tests: ['are opened from a stream'], pairs: ANY_NATIVE, ...WINE, reason: NO_STREAM },
    {
      suite,
      tests: ['are refused when they come again'],
      pairs: NATIVE_SERVER,
      ...WINE,
      reason: "Wine's Kerberos says SEC_E_INVALID_TOKEN where GSSAPI says GSS_S_DUPLICATE_TOKEN",
    },
  ];
}
