import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connectionBindings, type SspiError } from 'secur32';
import { identity, pem } from '../engine/schannel/certificates.js';
import { requirePeer } from '../peers/require-peer.js';
import { openServer } from '../peers/tls/openssl.js';
import { CA, dial, isResumed, linesOf, opensslFiles, outbound, VERSIONS } from './schannel-ends.js';

describe('Schannel as a client, openssl s_server', () => {
  requirePeer('openssl');

  for (const { version, openssl: flag, protocol } of VERSIONS) {
    for (const name of ['server', 'server-rsa'] as const) {
      it(`${version}, ${name}: data both ways, and an end`, async () => {
        const { peer, port } = await openServer([...opensslFiles(name), flag]);
        await using _ = peer;
        const stream = await dial(port);
        assert.equal(stream.facts.protocol, protocol);
        stream.write('from the client\n');
        await peer.readUntil(line => line === 'from the client');
        peer.write('from the server');
        const [chunk] = (await once(stream, 'data')) as [Buffer];
        assert.equal(chunk.toString(), 'from the server\n');
        // s_server leaves its close_notify in a buffer of its own.
        peer.write('Q');
        stream.resume();
        const [error] = (await once(stream, 'error')) as [SspiError];
        assert.equal(error.code, 'SEC_E_INCOMPLETE_MESSAGE');
      });
    }

    it(`${version}: a client certificate, required`, async () => {
      const { peer, port } = await openServer([...opensslFiles('server'), flag, '-CAfile', CA, '-Verify', '1']);
      await using _ = peer;
      const stream = await dial(port, { identity: identity(['alice']) });
      stream.write('hello\n');
      await peer.readUntil(line => line === 'hello');
      stream.destroy();
    });

    it(`${version}: required, and there is none: the alert's status`, async () => {
      const { peer, port } = await openServer([...opensslFiles('server'), flag, '-CAfile', CA, '-Verify', '1']);
      await using _ = peer;
      const failed = async (): Promise<void> => {
        const stream = await dial(port);
        stream.resume();
        // In TLS 1.3 the client's handshake is through before the server says that it minds.
        await once(stream, 'end');
      };
      await assert.rejects(failed(), { name: 'SspiError', code: 'SEC_E_ILLEGAL_MESSAGE' });
    });

    it(`${version}: required, and it is not trusted: the alert's status`, async () => {
      const verify = ['-CAfile', CA, '-Verify', '1', '-verify_return_error'];
      const { peer, port } = await openServer([...opensslFiles('server'), flag, ...verify]);
      await using _ = peer;
      const failed = async (): Promise<void> => {
        const stream = await dial(port, { identity: identity(['self-signed']) });
        stream.resume();
        await once(stream, 'end');
      };
      await assert.rejects(failed(), { name: 'SspiError', code: 'SEC_E_UNTRUSTED_ROOT' });
    });

    it(`${version}: a client certificate that is wished for: there, and not there`, async () => {
      const { peer, port } = await openServer([...opensslFiles('server'), flag, '-CAfile', CA, '-verify', '1']);
      await using _ = peer;
      for (const names of [['alice'], []] as const) {
        const stream = await dial(port, { identity: identity(names) });
        if (names.length > 0) await peer.readUntil(line => /^subject=.*CN = alice/.test(line));
        stream.write('hello\n');
        await peer.readUntil(line => line === 'hello');
        stream.destroy();
      }
    });

    it(`${version}: ALPN, and none in common`, async () => {
      const { peer, port } = await openServer([...opensslFiles('server'), flag, '-alpn', 'imap,h2']);
      await using _ = peer;
      const stream = await dial(port, { protocols: ['h2', 'imap'] });
      assert.equal(stream.facts.applicationProtocol, 'imap');
      stream.destroy();
      await assert.rejects(dial(port, { protocols: ['smtp'] }), { code: 'SEC_E_APPLICATION_PROTOCOL_MISMATCH' });
    });

    it(`${version}: asks for a server by its name (SNI)`, async () => {
      const second = opensslFiles('other').map(arg => (arg.startsWith('-') ? `${arg}2` : arg));
      const names = ['-servername', 'other.example', ...second];
      const { peer, port } = await openServer([...opensslFiles('server'), flag, ...names]);
      await using _ = peer;
      for (const serverName of ['localhost', 'other.example']) (await dial(port, { serverName })).destroy();
      await assert.rejects(dial(port, { serverName: 'a.other.example' }), { code: 'SEC_E_WRONG_PRINCIPAL' });
    });

    it(`${version}: resumes a session, with the same credential and name only`, async () => {
      const { peer, port } = await openServer([...opensslFiles('server'), flag]);
      await using _ = peer;
      await using credential = await outbound();
      await using another = await outbound();
      for (const [options, resumed] of [
        [{ credential }, false],
        [{ credential }, true],
        [{ credential }, true],
        [{ credential, serverName: '127.0.0.1' }, false],
        [{ credential: another }, false],
      ] as const) {
        const stream = await dial(port, options);
        assert.equal(await isResumed(stream), resumed);
        if (resumed) await peer.readUntil(line => line === 'Reused session-id');
        stream.write('hello\n');
        await peer.readUntil(line => line === 'hello');
        // A client has tickets of TLS 1.3 once it has read what comes behind them.
        peer.write('answer');
        await once(stream, 'data');
        stream.destroy();
      }
    });
  }

  it('a server that cannot be trusted hears unknown_ca in TLS 1.3', async () => {
    const { peer, port } = await openServer([...opensslFiles('self-signed'), '-tls1_3']);
    await using _ = peer;
    await assert.rejects(dial(port), { code: 'SEC_E_UNTRUSTED_ROOT' });
    await peer.logs('SSL alert number 48');
  });

  it('TLS 1.3: KeyUpdate, and one that asks for another', async () => {
    const { peer, port } = await openServer([...opensslFiles('server'), '-tls1_3']);
    await using _ = peer;
    const stream = await dial(port);
    const lines = linesOf(stream)[Symbol.asyncIterator]();
    for (const command of ['k', 'K', 'K']) {
      peer.write(command);
      // s_server looks at its input before it looks at what it receives.
      stream.write('and on\n');
      await peer.readUntil(line => line.endsWith('and on'));
      peer.write(`after ${command}`);
      assert.equal((await lines.next()).value, `after ${command}`);
      stream.write(`answer to ${command}\n`);
      await peer.readUntil(line => line.endsWith(`answer to ${command}`));
    }
    stream.destroy();
  });

  it('TLS 1.3: takes tickets, and gives up a server that sends nothing else', async () => {
    for (const [count, refused] of [
      [0, false],
      [8, false],
      [60, true],
    ] as const) {
      const { peer, port } = await openServer([...opensslFiles('server'), '-tls1_3', '-num_tickets', String(count)]);
      await using _ = peer;
      const stream = await dial(port);
      stream.write('hello\n');
      await peer.readUntil(line => line === 'hello');
      peer.write('answer');
      const answered = once(stream, 'data');
      if (refused) await assert.rejects(answered, { code: 'SEC_E_ILLEGAL_MESSAGE' });
      else assert.equal(String((await answered)[0]), 'answer\n');
      stream.destroy();
    }
  });

  it('refuses a server whose certificate a list revokes, and takes one that it does not', async () => {
    const options = { identity: identity([], { revocationLists: [pem('ca.crl')] }) };
    for (const { openssl: flag } of VERSIONS) {
      for (const name of ['revoked', 'server'] as const) {
        const { peer, port } = await openServer([...opensslFiles(name), flag]);
        await using _ = peer;
        if (name === 'revoked') await assert.rejects(dial(port, options), { code: 'CRYPT_E_REVOKED' });
        else (await dial(port, options)).destroy();
        if (name === 'revoked' && flag === '-tls1_3') await peer.logs('SSL alert number 44');
      }
    }
  });

  it('TLS 1.2: a server renegotiates', async () => {
    const { peer, port } = await openServer([...opensslFiles('server'), '-tls1_2']);
    await using _ = peer;
    const stream = await dial(port);
    const lines = linesOf(stream)[Symbol.asyncIterator]();
    for (let n = 0; n < 2; n++) {
      const before = await connectionBindings(stream, { type: 'tls-unique' });
      peer.write('r');
      await peer.readUntil(line => line.includes('SSL_do_handshake -> 1'));
      peer.write(`after ${n}`);
      assert.equal((await lines.next()).value, `after ${n}`);
      stream.write(`answer ${n}\n`);
      await peer.readUntil(line => line.endsWith(`answer ${n}`));
      assert.notDeepEqual(await connectionBindings(stream, { type: 'tls-unique' }), before);
    }
    stream.destroy();
  });

  it('TLS 1.2: a server that renegotiates may ask for a certificate then', async () => {
    // Without the last option a ticket of the first handshake would do for the second.
    const args = ['-tls1_2', '-CAfile', CA, '-no_resumption_on_reneg'];
    const { peer, port } = await openServer([...opensslFiles('server'), ...args]);
    await using _ = peer;
    for (const names of [['alice'], []] as const) {
      const stream = await dial(port, { identity: identity(names) });
      const lines = linesOf(stream)[Symbol.asyncIterator]();
      peer.write('R');
      await peer.readUntil(line => line.includes('SSL_do_handshake -> 1'));
      peer.write('after');
      assert.equal((await lines.next()).value, 'after');
      if (names.length > 0) await peer.logs('CN = alice');
      stream.write('answer\n');
      await peer.readUntil(line => line.endsWith('answer'));
      stream.destroy();
    }
  });

  it('TLS 1.2: a server that does nothing but renegotiate is given up', async () => {
    const { peer, port } = await openServer([...opensslFiles('server'), '-tls1_2']);
    await using _ = peer;
    const stream = await dial(port);
    stream.resume();
    const failed = once(stream, 'error') as Promise<[SspiError]>;
    let given = false;
    void failed.then(() => {
      given = true;
    });
    for (let n = 0; n < 20 && !given; n++) {
      peer.write('r');
      await Promise.race([peer.readUntil(line => line.includes('SSL_do_handshake')), failed]);
    }
    assert.equal((await failed)[0].code, 'SEC_E_ILLEGAL_MESSAGE');
  });
});
