/** Object identifiers that SPNEGO's own rules name; mechanisms bring theirs into the registry. Source: RFC 4178 4.1, [MS-SPNG] 1.9 and 3.2.5. */
export const SPNEGO_OID = '1.3.6.1.5.5.2';
export const KERBEROS_OID = '1.2.840.113554.1.2.2';
export const NTLM_OID = '1.3.6.1.4.1.311.2.2.10';

/** A mechanism's name for people, its object identifier where it has none here. */
export function mechanismName(oid: string): string {
  return NAMES.get(oid) ?? oid;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [SPNEGO_OID, 'SPNEGO'],
  [KERBEROS_OID, 'Kerberos V5'],
  ['1.2.840.48018.1.2.2', 'Kerberos V5 (as Windows 2000 wrote it)'],
  ['1.2.840.113554.1.2.2.3', 'Kerberos V5 user to user'],
  ['1.3.6.1.5.2.5', 'IAKERB'],
  ['1.3.6.1.5.2.7', 'PKU2U'],
  [NTLM_OID, 'NTLM'],
  ['1.3.6.1.4.1.311.2.2.30', 'NEGOEX'],
]);
