import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connectionBindings, type SspiError, type TlsBindingType } from 'secur32';
import { certificateFile, identity } from '../engine/schannel/certificates.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { LineProcess } from '../peers/run/line-process.js';
import { GnutlsServ } from '../peers/tls/gnutls-serv.js';
import { CA, dial, isResumed, linesOf, outbound, serve, VERSIONS } from './schannel-ends.js';

const startServer = (...args: string[]) =>
  GnutlsServ.start(certificateFile('server.pem'), certificateFile('server.key'), args);

describe('Schannel as a server, gnutls-cli', () => {
  requirePeer('gnutls');

  for (const { version, gnutls: priority, protocol } of VERSIONS) {
    const openClient = (port: number, ...args: string[]) => {
      const target = ['-p', String(port), '--x509cafile', CA, '--priority', priority];
      return new LineProcess('gnutls-cli', [...target, ...args, 'localhost']);
    };

    it(`${version}: data both ways`, async () => {
      await using served = await serve(identity(['server']));
      await using client = openClient(served.port);
      await client.readUntil(line => line.includes('Handshake was completed'));
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
      assert.equal(served.streams[0]?.facts.protocol, protocol);
      client.endInput();
      assert.equal(await client.exit, 0);
    });

    it(`${version}: a client certificate`, async () => {
      await using served = await serve(identity(['server']), { clientCertificate: 'require' });
      const args = ['--x509certfile', certificateFile('alice.pem'), '--x509keyfile', certificateFile('alice.key')];
      await using client = openClient(served.port, ...args);
      await client.readUntil(line => line.includes('Handshake was completed'));
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
      assert.equal(served.streams[0]?.facts.identity?.name, 'alice');
    });

    it(`${version}: resumes a session`, async () => {
      await using served = await serve(identity(['server']));
      await using client = openClient(served.port, '--resume', '--waitresumption');
      client.endInput();
      await client.readUntil(line => line.includes('This is a resumed session'));
    });

    it(`${version}: ALPN`, async () => {
      await using served = await serve(identity(['server']), { protocols: ['h2', 'imap'] });
      await using client = openClient(served.port, '--alpn', 'imap', '--alpn', 'smtp');
      await client.readUntil(line => line === '- Application protocol: imap');
    });
  }
});

describe('Schannel as a client, gnutls-serv', () => {
  requirePeer('gnutls-serv');

  for (const { version, gnutls: priority, protocol } of VERSIONS) {
    describe(version, () => {
      const anybody = usePeer(() => startServer('--priority', priority, '--disable-client-cert', '--alpn', 'imap'));

      it('data both ways, and an end', async () => {
        const stream = await dial(anybody().port);
        assert.equal(stream.facts.protocol, protocol);
        const lines = linesOf(stream)[Symbol.asyncIterator]();
        for (const line of ['hello', 'x'.repeat(1000)]) {
          stream.write(`${line}\n`);
          assert.equal((await lines.next()).value, line);
        }
        stream.end();
        await once(stream, 'close');
      });

      it('channel bindings are what GnuTLS says', async () => {
        const stream = await dial(anybody().port);
        stream.write('hello\n');
        await once(stream, 'data');
        const types: TlsBindingType[] = ['tls-server-end-point', 'tls-exporter'];
        if (version === 'TLS 1.2') types.push('tls-unique');
        for (const type of types) {
          // The application data is at the end.
          const ours = Buffer.from(await connectionBindings(stream, { type })).toString('latin1');
          const data = Buffer.from(ours.slice(ours.indexOf(`${type}:`) + type.length + 1), 'latin1').toString('hex');
          await anybody().logs(`'${type}': ${data}`);
        }
        stream.destroy();
      });

      it('ALPN', async () => {
        const stream = await dial(anybody().port, { protocols: ['h2', 'imap'] });
        assert.equal(stream.facts.applicationProtocol, 'imap');
        stream.destroy();
      });

      it('resumes a session', async () => {
        await using credential = await outbound();
        for (const resumed of [false, true]) {
          const stream = await dial(anybody().port, { credential });
          assert.equal(await isResumed(stream), resumed);
          stream.write('hello\n');
          await once(stream, 'data');
          stream.end();
          await once(stream, 'close');
        }
        await anybody().logs('This is a resumed session');
      });

      it('a client certificate, required: there, and not there', async () => {
        const demand = ['--require-client-cert', '--verify-client-cert', '--x509cafile', CA];
        await using strict = await startServer('--priority', priority, ...demand);
        const known = await dial(strict.port, { identity: identity(['alice']) });
        known.write('hello\n');
        const [chunk] = (await once(known, 'data')) as [Buffer];
        assert.equal(chunk.toString(), 'hello\n');
        await strict.logs('CN=alice');
        known.destroy();
        const refused = async (): Promise<void> => {
          const stream = await dial(strict.port);
          stream.resume();
          await once(stream, 'end');
        };
        await assert.rejects(refused(), { name: 'SspiError' });
      });
    });
  }

  it('TLS 1.2: a server renegotiates', async () => {
    // GnuTLS 3.7 trips over its own tickets in a second handshake.
    const args = ['--disable-client-cert', '--noticket', '--nodb'];
    await using server = await startServer('--priority', VERSIONS[0]!.gnutls, ...args);
    const stream = await dial(server.port);
    const lines = linesOf(stream)[Symbol.asyncIterator]();
    const before = await connectionBindings(stream, { type: 'tls-unique' });
    stream.write('**REHANDSHAKE**\n');
    assert.equal((await lines.next()).value, 'Successfully executed command');
    stream.write('after\n');
    assert.equal((await lines.next()).value, 'after');
    assert.notDeepEqual(await connectionBindings(stream, { type: 'tls-unique' }), before);
    stream.destroy();
  });

  it('TLS 1.3: offers no certificate after the handshake, and a server that wants one says so', async () => {
    await using server = await startServer('--priority', VERSIONS[1]!.gnutls);
    const stream = await dial(server.port, { identity: identity(['alice']) });
    stream.write('**REAUTH**\n');
    stream.resume();
    const [error] = (await once(stream, 'error')) as [SspiError];
    // RFC 8446 4.6.2: the client has not offered post_handshake_auth, and GnuTLS gives up.
    assert.match(error.message, /the peer sent alert 80/);
  });

  it('refuses a server that is not the one meant', async () => {
    for (const [name, options, code] of [
      ['self-signed', {}, 'SEC_E_UNTRUSTED_ROOT'],
      ['expired', {}, 'SEC_E_CERT_EXPIRED'],
      ['server', { serverName: 'other.example' }, 'SEC_E_WRONG_PRINCIPAL'],
    ] as const) {
      await using server = await GnutlsServ.start(certificateFile(`${name}.pem`), certificateFile(`${name}.key`));
      await assert.rejects(dial(server.port, options), { code });
    }
  });
});
