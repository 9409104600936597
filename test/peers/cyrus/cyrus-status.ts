/** The results of libsasl2's calls, by name: <sasl/sasl.h>, "Result codes". */
export const CYRUS_STATUS = {
  SASL_CONTINUE: 1,
  SASL_OK: 0,
  SASL_FAIL: -1,
  SASL_NOMEM: -2,
  SASL_BUFOVER: -3,
  SASL_NOMECH: -4,
  SASL_BADPROT: -5,
  SASL_NOTDONE: -6,
  SASL_BADPARAM: -7,
  SASL_TRYAGAIN: -8,
  SASL_BADMAC: -9,
  SASL_NOTINIT: -12,
  SASL_INTERACT: 2,
  SASL_BADSERV: -10,
  SASL_WRONGMECH: -11,
  SASL_BADAUTH: -13,
  SASL_NOAUTHZ: -14,
  SASL_TOOWEAK: -15,
  SASL_ENCRYPT: -16,
  SASL_TRANS: -17,
  SASL_EXPIRED: -18,
  SASL_DISABLED: -19,
  SASL_NOUSER: -20,
  SASL_BADVERS: -23,
  SASL_UNAVAIL: -24,
  SASL_NOVERIFY: -26,
  SASL_BADBINDING: -32,
  SASL_CONFIGERR: -100,
} as const;
Object.freeze(CYRUS_STATUS);

export type CyrusStatus = keyof typeof CYRUS_STATUS;

/** A call of libsasl2 that failed; the message is `sasl_errdetail`. */
export class CyrusError extends Error {
  readonly rc: number;
  readonly status: CyrusStatus | undefined;

  constructor(rc: number, detail: string) {
    super(detail);
    this.name = 'CyrusError';
    this.rc = rc;
    this.status = names.get(rc);
  }
}

const names: ReadonlyMap<number, CyrusStatus> = new Map(
  Object.entries(CYRUS_STATUS).map(([name, rc]) => [rc, name as CyrusStatus]),
);
