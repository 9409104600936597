import { type EngineEnvironment, nodeEnvironment } from '#dist/engine/environment.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { type Principal, parsePrincipal } from '#dist/engine/kerberos/names/principal.js';
/** Whoever has a krb5.conf: a KDC of MIT's, Heimdal's or Samba's. */
export interface RealmConfig {
  /** Its absolute name. */
  readonly config: string;
}

/** What our own client needs for exchanges with this KDC: the same krb5.conf that its own clients have. */
export async function servicesFor(
  kdc: RealmConfig,
  parts: Partial<EngineEnvironment> & { readonly settings?: string } = {},
): Promise<KdcServices> {
  const { settings, ...rest } = parts;
  const real = nodeEnvironment();
  const environment = nodeEnvironment({
    variables: { KRB5_CONFIG: settings === undefined ? kdc.config : `/settings:${kdc.config}` },
    readFile: async path => (path === '/settings' ? new TextEncoder().encode(settings) : real.readFile(path)),
    ...rest,
  });
  return new KdcServices({ environment, config: await Krb5Config.load(environment) });
}

/** `HTTP/localhost@TEST.EXAMPLE`; the realm has to be there. */
export function principal(text: string, type?: number): Principal {
  const { name, realm } = parsePrincipal(text, type);
  if (realm === undefined) throw new Error(`${text} has no realm`);
  return { name, realm };
}
