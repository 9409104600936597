import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionBindings } from 'secur32';
import { findBuffer, SEC_I, SECBUFFER, SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { identity } from '../engine/schannel/certificates.js';
import { requirePeer } from '../peers/require-peer.js';
import { TemporaryFolder } from '../peers/run/folder.js';
import type { LineProcess } from '../peers/run/line-process.js';
import { runCommand } from '../peers/run/run-command.js';
import { openClient } from '../peers/tls/openssl.js';
import { CA, isResumed, opensslFiles, type Served, serve, sspi, VERSIONS } from './schannel-ends.js';

const strictFor = (name: string) => [
  ...['-CAfile', CA, '-verify_return_error', '-verify_hostname', name],
  ...['-servername', name],
];
const strict = strictFor('localhost');

/** Says hello, and waits for the answer. */
async function greet(client: LineProcess): Promise<void> {
  client.write('hello');
  await client.readUntil(line => line.endsWith('HELLO'));
}

const codes = ({ errors }: Served) => errors.map(({ code }) => code);

describe('Schannel as a server, openssl s_client', () => {
  requirePeer('openssl');

  for (const { version, openssl: flag, protocol } of VERSIONS) {
    for (const name of ['server', 'server-rsa'] as const) {
      it(`${version}, ${name}: data both ways, and an end`, async () => {
        await using served = await serve(identity([name]));
        await using client = openClient(served.port, [...strict, flag]);
        await greet(client);
        assert.equal(served.streams[0]?.facts.protocol, protocol);
        client.write('Q');
        assert.equal(await client.exit, 0);
      });
    }

    it(`${version}: a client certificate that is required, mapped to an account`, async () => {
      await using served = await serve(identity(['server']), { clientCertificate: 'require' });
      await using client = openClient(served.port, [...strict, flag, ...opensslFiles('alice')]);
      await greet(client);
      assert.equal(served.streams[0]?.facts.identity?.name, 'alice');
    });

    it(`${version}: no client certificate where one is required`, async () => {
      await using served = await serve(identity(['server']), { clientCertificate: 'require' });
      await using client = openClient(served.port, [...strict, flag]);
      await client.exit;
      assert.deepEqual(codes(served), ['SEC_E_CERT_UNKNOWN']);
    });

    it(`${version}: a client certificate that is wished for: there, not there, not trusted`, async () => {
      for (const [args, authorized, name] of [
        [opensslFiles('alice'), true, 'alice'],
        [[], false, undefined],
        [opensslFiles('self-signed'), false, undefined],
      ] as const) {
        await using served = await serve(identity(['server']), { clientCertificate: 'request' });
        await using client = openClient(served.port, [...strict, flag, ...args]);
        await greet(client);
        const [stream] = served.streams;
        assert.deepEqual([stream?.authorized, stream?.facts.identity?.name], [authorized, name]);
        assert.equal(stream?.facts.peerCertificate !== undefined, args.length > 0);
      }
    });

    it(`${version}: resumes a session, and knows whose it is`, async () => {
      await using folder = new TemporaryFolder('session');
      const file = `${folder.path}/session`;
      await using served = await serve(identity(['server']), { clientCertificate: 'request' });
      for (const [args, said] of [
        [['-sess_out', file, ...opensslFiles('alice')], 'New'],
        // The certificate does not come again: it belongs to the session.
        [['-sess_in', file], 'Reused'],
      ] as const) {
        await using client = openClient(served.port, [...strict, flag, ...args]);
        await client.readUntil(line => line.startsWith(`${said}, ${protocol}`));
        await greet(client);
        client.write('Q');
        await client.exit;
        assert.ok(existsSync(file));
        const stream = served.streams.at(-1)!;
        assert.deepEqual([stream.authorized, stream.facts.identity?.name], [true, 'alice']);
      }
      assert.equal(served.streams.length, 2);
    });

    it(`${version}: one credential does not take the session of another`, async () => {
      await using folder = new TemporaryFolder('session');
      const file = `${folder.path}/session`;
      for (const args of [
        ['-sess_out', file],
        ['-sess_in', file],
      ]) {
        await using served = await serve(identity(['server']));
        await using client = openClient(served.port, [...strict, flag, ...args]);
        await client.readUntil(line => line.startsWith(`New, ${protocol}`));
        await greet(client);
        client.write('Q');
        await client.exit;
        assert.equal(await served.streams[0]!.facts.protocol, protocol);
      }
    });

    it(`${version}: ALPN, and its mismatch`, async () => {
      await using served = await serve(identity(['server']), { protocols: ['h2', 'imap'] });
      await using client = openClient(served.port, [...strict, flag, '-alpn', 'imap,h2']);
      await client.readUntil(line => line === 'ALPN protocol: h2');
      const target = ['-connect', `127.0.0.1:${served.port}`];
      const { stderr } = await runCommand('openssl', ['s_client', ...target, flag, '-alpn', 'smtp']);
      assert.match(stderr, /no application protocol.*SSL alert number 120/);
      assert.deepEqual(codes(served), ['SEC_E_APPLICATION_PROTOCOL_MISMATCH']);
    });

    it(`${version}: SNI chooses among certificates; a name that is nowhere gets the first`, async () => {
      await using served = await serve(identity(['server', 'other']));
      for (const name of ['localhost', 'other.example', 'www.other.example']) {
        await using client = openClient(served.port, [...strictFor(name), flag]);
        await greet(client);
      }
      await using client = openClient(served.port, ['-CAfile', CA, '-servername', 'nobody.example', flag]);
      await client.readUntil(line => line === 'subject=CN = localhost');
      await greet(client);
    });
  }

  it('TLS 1.2: goes back to its session five times in a row (-reconnect)', async () => {
    await using served = await serve(identity(['server']));
    const target = ['-connect', `127.0.0.1:${served.port}`];
    const { stdout } = await runCommand('openssl', ['s_client', ...target, ...strict, '-tls1_2', '-reconnect']);
    assert.equal(stdout.match(/^Reused, TLSv1\.2/gm)?.length, 5);
  });

  it('says of a resumed connection that it is one', async () => {
    await using folder = new TemporaryFolder('session');
    const file = `${folder.path}/session`;
    const resumed: boolean[] = [];
    await using served = await serve(identity(['server']), {}, stream => {
      void isResumed(stream).then(reconnected => {
        resumed.push(reconnected);
        stream.end('told\n');
      });
    });
    for (const option of ['-sess_out', '-sess_in']) {
      await using client = openClient(served.port, [...strict, option, file]);
      await client.readUntil(line => line.endsWith('told'));
      await client.exit;
    }
    assert.deepEqual(resumed, [false, true]);
  });

  it('TLS 1.3: KeyUpdate, and one that asks for another', async () => {
    await using served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_3']);
    await greet(client);
    for (const command of ['k', 'K', 'K', 'k']) {
      client.write(command);
      // s_client looks at its input before it looks at what it receives.
      served.streams[0]?.write('and on\n');
      await client.readUntil(line => line.endsWith('and on'));
      client.write(`after ${command}`);
      await client.readUntil(line => line.endsWith(`AFTER ${command.toUpperCase()}`));
    }
    assert.deepEqual(served.errors, []);
  });

  it('TLS 1.3: a client that does nothing but update its keys is given up', async () => {
    await using served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_3']);
    await greet(client);
    let over = false;
    void client.exit.then(() => {
      over = true;
    });
    for (let n = 0; n < 100 && !over; n++) {
      client.write('K');
      await Promise.race([client.logs('KEYUPDATE\n'.repeat(n + 1)), client.exit]);
    }
    await client.exit;
    assert.deepEqual(codes(served), ['SEC_E_ILLEGAL_MESSAGE']);
  });

  it('TLS 1.2: our server renegotiates, by the raw call, while messages go both ways', async () => {
    await using served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_2']);
    await greet(client);
    const stream = served.streams[0]!;
    const before = await connectionBindings(stream, { type: 'tls-unique' });
    const call = { context: stream.context, input: [], contextReq: 0 };
    const { status, output } = await sspi.acceptSecurityContext(call);
    assert.equal(status, SEC_I.CONTINUE_NEEDED);
    served.wires[0]!.write(findBuffer(output, SECBUFFER.TOKEN)!.data);
    stream.write('in between\n');
    await client.readUntil(line => line.endsWith('in between'));
    while (Buffer.compare(await connectionBindings(stream, { type: 'tls-unique' }), before) === 0) await delay(10);
    // s_client does not look at its input before it has heard something again.
    stream.write('behind\n');
    await client.readUntil(line => line.endsWith('behind'));
    await greet(client);
    assert.deepEqual(served.errors, []);
  });

  it('TLS 1.2: a client that renegotiates is refused', async () => {
    await using served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_2']);
    await greet(client);
    client.write('R');
    await client.exit;
    assert.deepEqual(codes(served), ['SEC_E_ILLEGAL_MESSAGE']);
  });

  it('versions that are not here: alert 70', async () => {
    await using served = await serve(identity(['server'], { protocols: SP_PROT.TLS1_3_SERVER }));
    const target = ['-connect', `127.0.0.1:${served.port}`];
    const { stderr } = await runCommand('openssl', ['s_client', ...target, '-tls1_2']);
    assert.match(stderr, /SSL alert number 70/);
    assert.deepEqual(codes(served), ['SEC_E_ALGORITHM_MISMATCH']);
  });

  it('keying material is what openssl exports', async () => {
    await using served = await serve(identity(['server']));
    const wanted = ['-keymatexport', 'EXPORTER-test', '-keymatexportlen', '32'];
    await using client = openClient(served.port, [...strict, ...wanted]);
    client.write('hello');
    const line = await client.readUntil(text => text.includes('Keying material: '));
    await client.readUntil(text => text.endsWith('HELLO'));
    const { context } = served.streams[0]!;
    const info = { label: 'EXPORTER-test', length: 32 };
    await sspi.setContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL_INFO, info);
    const { keyingMaterial } = await sspi.queryContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL);
    assert.equal(line.split(': ')[1], Buffer.from(keyingMaterial).toString('hex').toUpperCase());
  });
});
