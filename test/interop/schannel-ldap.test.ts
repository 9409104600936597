import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Credential, SaslClient, schannelConnect } from 'secur32';
import { createEngine } from 'secur32/engine';
import { certificateFile, identity } from '../engine/schannel/certificates.js';
import { Slapd } from '../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

const sspi = createEngine();

/** A value of BER that is shorter than 128 bytes. */
const ber = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  assert.ok(content.length < 128);
  return Buffer.concat([Uint8Array.of(tag, content.length), content]);
};
const text = (value: string) => ber(0x04, Buffer.from(value));
const message = (id: number, operation: Uint8Array) => ber(0x30, ber(0x02, Uint8Array.of(id)), operation);

/** RFC 4511 4.2, with SaslCredentials. */
const bindExternal = (response: Uint8Array) =>
  message(1, ber(0x60, ber(0x02, Uint8Array.of(3)), text(''), ber(0xa3, text('EXTERNAL'), ber(0x04, response))));
/** RFC 4532. */
const whoAmI = message(2, ber(0x77, ber(0x80, Buffer.from('1.3.6.1.4.1.4203.1.11.3'))));

describe('SchannelStream and EXTERNAL, OpenLDAP over LDAPS (GnuTLS)', () => {
  requirePeer('slapd');
  const slapd = usePeer(() =>
    Slapd.start({
      tls: {
        certificate: certificateFile('server.pem'),
        key: certificateFile('server.key'),
        authority: certificateFile('ca.pem'),
      },
    }),
  );

  it('binds as the owner of the certificate', async () => {
    const socket = connect(slapd().port, '127.0.0.1');
    await once(socket, 'connect');
    await using credential = await Credential.acquire({
      package: 'Schannel',
      use: 'outbound',
      identity: identity(['alice']),
      sspi,
    });
    const stream = await schannelConnect(socket, { serverName: 'localhost', credential });
    await using client = await SaslClient.create({
      mechanism: 'EXTERNAL',
      credential,
      service: 'ldap',
      host: 'localhost',
    });
    const { token = new Uint8Array(0) } = await client.step();
    stream.write(bindExternal(token));
    const [bound] = (await once(stream, 'data')) as [Buffer];
    // BindResponse, and resultCode success.
    assert.deepEqual([bound[5], ...bound.subarray(7, 10)], [0x61, 0x0a, 1, 0], bound.toString('latin1'));
    stream.write(whoAmI);
    const [answer] = (await once(stream, 'data')) as [Buffer];
    assert.match(answer.toString('latin1'), /dn:.*cn=alice/i);
    stream.end();
  });

  it('is refused without a certificate, with a status that says so', async () => {
    const socket = connect(slapd().port, '127.0.0.1');
    await once(socket, 'connect');
    const refused = async (): Promise<void> => {
      const stream = await schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi });
      stream.resume();
      await once(stream, 'end');
    };
    await assert.rejects(refused(), /alert \d+|closed the connection/);
  });
});
