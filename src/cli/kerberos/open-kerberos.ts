import { nodeEnvironment } from '../../engine/environment.js';
import { Krb5Config } from '../../engine/kerberos/config/krb5-config.js';
import { KdcServices } from '../../engine/kerberos/kdc/services.js';
import { CommandError } from '../command.js';

/** What the commands of Kerberos talk to KDCs with: this machine, and its krb5.conf. Throws `CommandError` where that cannot be read. */
export async function openKerberos(variables: NodeJS.ProcessEnv): Promise<KdcServices> {
  const environment = nodeEnvironment({ variables });
  try {
    return new KdcServices({ environment, config: await Krb5Config.load(environment) });
  } catch (error) {
    throw new CommandError(
      `krb5.conf cannot be read: ${(error as Error).message}`,
      'KRB5_CONFIG names another file; /etc/krb5.conf is the usual one.',
    );
  }
}
