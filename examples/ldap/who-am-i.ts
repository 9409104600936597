import { type Credential, SaslClient, schannelConnect } from 'secur32';
import { LdapClient } from './client.js';

/**
 * Asks a directory who the owner of a certificate is, by StartTLS and SASL EXTERNAL (RFC 4513 5.2.3). The credential is one of the package
 * Schannel: on Windows its certificate may be one of the system's store, or of a smart card.
 *
 * @example
 * const identity = { kind: 'certificate', certificates: [{ pem, key }] } as const;
 * await using credential = await Credential.acquire({ package: 'Schannel', use: 'outbound', identity });
 * console.log(await whoAmI(credential, 'ldap.example.com'));
 */
export async function whoAmI(credential: Credential, host: string, port = 389): Promise<string> {
  const client = await LdapClient.connect(port, host);
  try {
    await client.startTls(socket => schannelConnect(socket, { serverName: host, credential }));
    await using sasl = await SaslClient.create({ mechanism: 'EXTERNAL', credential, service: 'ldap', host });
    await client.bind('EXTERNAL', sasl);
    return await client.whoAmI();
  } finally {
    client.close();
  }
}
