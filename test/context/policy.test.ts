import assert from 'node:assert/strict';
import type { AuthorizationRequest } from 'secur32';
import { isSameTarget } from '#dist/context/target-name.js';
import { type ClientOptions, SaslPair, type ServerOptions } from './sasl-pair.js';

/** Rejects as the server does, with the context gone and without a token for the client. */
async function assertRefused(client: ClientOptions, server: ServerOptions, code: string): Promise<void> {
  await using pair = await SaslPair.create(client, server);
  const { token } = await pair.client.step((await pair.server.step()).token);
  await assert.rejects(pair.server.step(token), (error: { code: string; token?: unknown }) => {
    assert.equal(error.code, code);
    assert.equal(error.token, undefined);
    return true;
  });
  assert.deepEqual([pair.server.complete, pair.server.established], [true, false], 'complete is not established');
  assert.throws(() => pair.server.context, { code: 'SEC_E_INVALID_HANDLE' });
  assert.throws(() => pair.server.layer, { code: 'SEC_E_INVALID_HANDLE' });
  assert.equal(pair.server.authorizationId, '');
  assert.throws(() => pair.server.identity, { code: 'SEC_E_INVALID_HANDLE' });
  assert.throws(() => pair.server.wrap(new Uint8Array(1)), { code: 'SEC_E_INVALID_HANDLE' });
}

describe('Policy of a server', () => {
  it('refuses less protection than it requires', async () => {
    await assertRefused({ request: [] }, { require: ['confidentiality'] }, 'SEC_E_QOP_NOT_SUPPORTED');
    await assertRefused({ request: ['integrity'] }, { require: ['confidentiality'] }, 'SEC_E_QOP_NOT_SUPPORTED');
    await assertRefused({ request: [] }, { require: ['integrity'] }, 'SEC_E_QOP_NOT_SUPPORTED');
    await assertRefused({ request: [] }, { require: ['sequenceDetection'] }, 'SEC_E_QOP_NOT_SUPPORTED');
  });

  it('is content with more than it requires', async () => {
    await using pair = await SaslPair.established({}, { require: ['integrity', 'mutualAuthentication'] });
    assert.equal(pair.server.layer, 'confidentiality');
  });

  it('refuses a client that meant another service or host', async () => {
    await assertRefused({ service: 'smtp' }, {}, 'SEC_E_WRONG_PRINCIPAL');
    await assertRefused({ host: 'mail.example.org' }, {}, 'SEC_E_WRONG_PRINCIPAL');
    await assertRefused({ host: 'mail.example.com.evil' }, {}, 'SEC_E_WRONG_PRINCIPAL');
  });

  it('answers to each of its names', async () => {
    const host = ['mail.example.com', 'localhost'];
    for (const name of ['localhost', 'MAIL.Example.COM']) {
      await using pair = await SaslPair.established({ host: name }, { host });
      assert.equal(pair.server.established, true);
    }
  });

  describe('on whom a client may act as', () => {
    it('is oneself alone by default', async () => {
      await using pair = await SaslPair.established({ authorizationId: 'alice' });
      assert.equal(pair.server.authorizationId, 'alice');
      assert.equal(pair.client.authorizationId, 'alice');
      await assertRefused({ authorizationId: 'root' }, {}, 'SEC_E_LOGON_DENIED');
      await assertRefused({ authorizationId: 'alice ' }, {}, 'SEC_E_LOGON_DENIED');
    });

    it('is the application’s to say', async () => {
      const asked: AuthorizationRequest[] = [];
      await using pair = await SaslPair.established(
        { authorizationId: 'u:jürgen' },
        {
          authorize: async request => {
            asked.push(request);
            return true;
          },
        },
      );
      assert.equal(pair.server.authorizationId, 'u:jürgen');
      assert.deepEqual(
        asked.map(({ authorizationId, identity }) => [authorizationId, identity.name]),
        [['u:jürgen', 'alice']],
      );
    });

    it('is not asked about where nobody is named', async () => {
      await using pair = await SaslPair.established({}, { authorize: () => assert.fail('nobody was named') });
      assert.equal(pair.server.authorizationId, '');
    });

    it('takes nothing but true for a yes', async () => {
      for (const answer of [false, undefined, 1, 'yes', Promise.resolve(undefined)]) {
        await assertRefused({ authorizationId: 'bob' }, { authorize: () => answer as never }, 'SEC_E_LOGON_DENIED');
      }
    });

    it('fails with the error that the application throws, and leaves no context', async () => {
      const broken = new Error('the directory does not answer');
      await using pair = await SaslPair.create(
        { authorizationId: 'bob' },
        {
          authorize: () => {
            throw broken;
          },
        },
      );
      const { token } = await pair.client.step((await pair.server.step()).token);
      await assert.rejects(pair.server.step(token), (error: unknown) => error === broken);
      assert.equal(pair.server.established, false);
    });
  });
});

describe('Policy of a client', () => {
  it('refuses a server that offers less than was asked for', async () => {
    for (const options of [{ require: ['confidentiality'] }, { request: ['confidentiality'] }, {}] as ClientOptions[]) {
      await using pair = await SaslPair.create(options, { request: ['integrity'] });
      await assert.rejects(pair.client.step((await pair.server.step()).token), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
      assert.equal(pair.client.complete, false);
    }
  });

  it('takes the proof of the server for mutual authentication', async () => {
    await using pair = await SaslPair.established({ require: ['mutualAuthentication'] });
    assert.equal(pair.client.established, true);
  });
});

describe('The service that a client means', () => {
  it('is compared without regard to case, and to a third part', () => {
    assert.equal(isSameTarget('imap/mail', 'imap/mail'), true);
    assert.equal(isSameTarget('IMAP/Mail', 'imap/MAIL'), true);
    assert.equal(isSameTarget('imap/mail/example.com', 'imap/mail'), true);
    for (const target of [
      '',
      'imap',
      'imap/',
      'imap/mai',
      'imap/mail2',
      'ximap/mail',
      'imap//mail',
      'imap/\u212aail',
    ]) {
      assert.equal(isSameTarget(target, 'imap/mail'), false, target);
    }
    assert.equal(isSameTarget('imap/\u212a', 'imap/k'), false, 'the Kelvin sign is no k');
  });
});
