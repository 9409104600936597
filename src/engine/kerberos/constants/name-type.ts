/** Name types (RFC 4120 6.2, RFC 6806 5, RFC 6111 3). A hint only: names that differ in it alone are the same. */
export const NAME_TYPE = {
  UNKNOWN: 0,
  PRINCIPAL: 1,
  SRV_INST: 2,
  SRV_HST: 3,
  SRV_XHST: 4,
  UID: 5,
  X500_PRINCIPAL: 6,
  SMTP_NAME: 7,
  ENTERPRISE: 10,
  WELLKNOWN: 11,
} as const;
Object.freeze(NAME_TYPE);
