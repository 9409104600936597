import { SambaAd } from '../../../peers/samba-ad/samba-ad.js';

/** Services of the domain, each with an account of its own (test/peers/samba-ad/fill-domain.py). */
export const SERVICES = {
  /** Of websvc, which is trusted to act for users at `back`. */
  web: 'HTTP/web.ad.example',
  back: 'HTTP/back.ad.example',
  /** Lets websvc act for users by itself. */
  resource: 'HTTP/resource.ad.example',
  files: 'cifs/files.ad.example',
  /** Whose account has keys of RC4 only. */
  rc4: 'HTTP/rc4.ad.example',
} as const;
Object.freeze(SERVICES);

/** A domain controller, and a keytab with the keys of its services. */
export interface Domain extends AsyncDisposable {
  readonly dc: SambaAd;
  readonly krb5Config: string;
  readonly keytab: string;
  /** For our engine. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startDomain(): Promise<Domain> {
  const dc = await SambaAd.start({ strongAuth: 'yes' });
  try {
    const { krb5Config } = dc;
    const keytab = await dc.exportKeytab(...Object.values(SERVICES), 'websvc');
    const environment = { KRB5_CONFIG: krb5Config, KRB5_KTNAME: keytab };
    return { dc, krb5Config, keytab, environment, [Symbol.asyncDispose]: () => dc.close() };
  } catch (cause) {
    await dc.close();
    throw cause;
  }
}
