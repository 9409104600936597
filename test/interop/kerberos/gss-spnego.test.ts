import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Credential, type Protection, SaslClient, SaslServer } from 'secur32';
import { LdapClient } from '../../../examples/ldap/client.js';
import { createLdapResponder } from '../../../examples/ldap/responder.js';
import { CyrusDatabase } from '../../peers/cyrus/cyrus-database.js';
import { CyrusPeer } from '../../peers/cyrus/cyrus-peer.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { ldapWhoAmI } from '../../peers/ldap/ldapwhoami.js';
import { Slapd } from '../../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { closeAfterEach } from './closing.js';
import { engineFor } from './side.js';

const MECHANISM = 'GSS-SPNEGO';

/** libsasl2 has no layer of signatures alone here: what is protected is sealed. */
const LAYERS: readonly { ssf: number; layer: string; request: readonly Protection[] }[] = [
  { ssf: 0, layer: 'none', request: [] },
  { ssf: 256, layer: 'confidentiality', request: ['confidentiality'] },
];

describe('GSS-SPNEGO with Kerberos', () => {
  requirePeer('mit-kdc', 'cyrus', 'cyrus-gssapi', 'slapd', 'ldap-clients');
  const kdc = usePeer(async () => {
    const started = await MitKdc.start();
    await started.kinit('alice', 'pw-alice');
    return started;
  });
  const database = usePeer(() => CyrusDatabase.create());
  const slapd = usePeer(() => Slapd.start({ env: kdc().environment }));
  const keep = closeAfterEach();

  async function inbound(): Promise<Credential> {
    return keep(await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi: engineFor(kdc()) }));
  }

  async function ourClient(service: string, request: readonly Protection[]): Promise<SaslClient> {
    const identity = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
    const sspi = engineFor(kdc());
    const credential = keep(await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi }));
    return keep(await SaslClient.create({ mechanism: MECHANISM, credential, service, host: 'localhost', request }));
  }

  async function talk(ours: SaslServer | SaslClient, theirs: CyrusPeer): Promise<void> {
    if (ours.layer === 'none') return;
    for (const message of ['hello', 'x'.repeat(40_000)]) {
      assert.equal(Buffer.from(ours.unwrap(await theirs.encode(Buffer.from(message)))).toString(), message);
      assert.equal(Buffer.from(await theirs.decode(ours.wrap(Buffer.from(message)))).toString(), message);
    }
  }

  for (const { layer, request, ssf } of LAYERS) {
    it(`libsasl2 logs on to us: SSF ${ssf}, layer ${layer}`, async () => {
      const names = { mechanism: MECHANISM, service: 'imap', host: 'localhost' };
      const server = keep(await SaslServer.create({ ...names, credential: await inbound() }));
      const env = kdc().environment;
      await using client = await CyrusPeer.client({ authid: 'alice', env, service: 'imap', minSsf: ssf, maxSsf: ssf });
      let theirs = await client.start(MECHANISM);
      for (;;) {
        const { done, token } = await server.step(theirs.token);
        if (!theirs.done) theirs = await client.step(token);
        if (done) break;
      }
      assert.deepEqual([server.layer, server.packageName, server.identity.name], [layer, 'Kerberos', 'alice']);
      assert.equal((await client.props()).ssf, ssf);
      await talk(server, client);
    });

    it(`we log on to libsasl2: SSF ${ssf}, layer ${layer}`, async () => {
      const client = await ourClient('imap', request);
      const options = { env: kdc().environment, database: database(), service: 'imap', minSsf: ssf, maxSsf: ssf };
      await using server = await CyrusPeer.server(options);
      let ours = await client.step();
      let theirs = await server.start(MECHANISM, ours.token);
      while (!ours.done) {
        ours = await client.step(theirs.token);
        if (!theirs.done) theirs = await server.step(ours.token);
      }
      assert.deepEqual([client.layer, client.packageName], [layer, 'Kerberos']);
      assert.equal((await server.props()).ssf, ssf);
      await talk(client, server);
    });

    it(`we bind to slapd: layer ${layer}`, async () => {
      const sasl = await ourClient('ldap', request);
      const client = await LdapClient.connect(slapd().port, slapd().host);
      try {
        await client.bind(MECHANISM, sasl);
        assert.match(await client.whoAmI(), /^dn:uid=alice,(cn=[^,]*,)?cn=gss-spnego,cn=auth$/i);
      } finally {
        client.close();
      }
      assert.deepEqual([sasl.layer, sasl.packageName], [layer, 'Kerberos']);
    });

    it(`ldapwhoami binds to us: layer ${layer}`, async () => {
      const layers: string[] = [];
      const credentials = new Map([[MECHANISM, await inbound()]]);
      const server = createLdapResponder({
        credentials,
        hosts: ['localhost'],
        bound: bound => layers.push(bound.layer),
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        const { code, stdout, stderr } = await ldapWhoAmI({
          uri: `ldap://localhost:${(server.address() as AddressInfo).port}`,
          mechanism: MECHANISM,
          authid: 'alice',
          password: '',
          securityProperties: `minssf=${ssf},maxssf=${ssf}`,
          env: kdc().environment,
        });
        assert.equal(stdout, 'u:alice\n', stderr);
        assert.deepEqual([code, layers], [0, [layer]]);
      } finally {
        server.close();
      }
    });
  }
});
