import assert from 'node:assert/strict';
import { type AccountStore, memoryAccounts, type NtlmLogon, smbpasswdFile } from 'secur32/engine';
import { SECPKG_ATTR } from 'secur32/raw';
import { parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { ALICE, bindingsOf, type LogonOptions, logOn, SEALED } from './logon.js';
import { hex, vectors } from './vectors.js';

const denied = { code: 'SEC_E_LOGON_DENIED' };

describe('NTLM', () => {
  describe('accounts', () => {
    it('of an smbpasswd file', async () => {
      const line = `alice:1000:${'X'.repeat(32)}:${vectors.ntHash.toUpperCase()}:[U          ]:LCT-00000000:\n`;
      const accounts = smbpasswdFile('smbpasswd', { now: () => 0, readFile: async () => Buffer.from(line) });
      await logOn({ accounts, identity: { kind: 'password', user: 'alice', password: vectors.password } });
      await assert.rejects(
        logOn({ accounts, identity: { kind: 'password', user: 'alice', password: 'Password1' } }),
        denied,
      );
    });

    it('that have to be waited for', async () => {
      const accounts: AccountStore = { find: async () => ({ ...ALICE }) };
      await logOn({ accounts });
    });

    it('that fail are no refusal of a logon', async () => {
      const accounts: AccountStore = {
        find() {
          throw new Error('no such table');
        },
      };
      await assert.rejects(logOn({ accounts }), { code: 'SEC_E_NO_AUTHENTICATING_AUTHORITY' });
      await assert.rejects(logOn({ accounts: { find: () => Promise.reject(new Error('no such table')) } }), {
        code: 'SEC_E_NO_AUTHENTICATING_AUTHORITY',
      });
    });

    it('that others keep: the response goes to who can check it, and its session key comes back', async () => {
      const seen: NtlmLogon[] = [];
      const { messages, server: real } = await logOn({ isc: 0 });
      const { sessionKey } = await real.attribute(SECPKG_ATTR.SESSION_KEY);
      assert.equal(sessionKey.length, 16);
      const accounts: AccountStore = {
        find: () => assert.fail('NTLM asks who knows more'),
        checkNtlm(logon) {
          seen.push(logon);
          return undefined;
        },
      };
      await assert.rejects(logOn({ accounts }), denied);
      const [logon] = seen;
      assert.deepEqual([logon?.user, logon?.domain, logon?.workstation], ['alice', 'EXAMPLE', 'SERVER']);
      assert.equal(logon?.serverChallenge.length, 8);
      assert.ok(logon.ntResponse.length > 24);
      assert.equal(parseAuthenticate(messages.authenticate).lmResponse.length, logon.lmResponse.length);
    });

    it('that others keep: a key of another length is no answer', async () => {
      const checkNtlm = () => ({ user: 'alice', sessionBaseKey: new Uint8Array(15) });
      await assert.rejects(logOn({ accounts: { find: () => undefined, checkNtlm } }), denied);
    });

    it('that others keep: the MIC and the bindings are the server’s to check', async () => {
      // A wrong key is what an authority would give for another's response: the MIC does not match.
      const checkNtlm = async () => ({ user: 'alice', domain: 'EXAMPLE', sessionBaseKey: new Uint8Array(16) });
      await assert.rejects(logOn({ accounts: { find: () => undefined, checkNtlm } }), {
        code: 'SEC_E_MESSAGE_ALTERED',
      });
    });
  });

  describe('NTLMv1 and LM', () => {
    const accept = { serverNtlm: { dangerouslyAcceptNtlmV1: true } };
    const send = { clientNtlm: { dangerouslySendNtlmV1: true } };

    it('are off on both sides', async () => {
      await assert.rejects(logOn(send), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      const { messages } = await logOn(accept);
      assert.ok(parseAuthenticate(messages.authenticate).ntResponse.length > 24);
    });

    it('log on where both sides have them on', async () => {
      for (const isc of [0, SEALED]) {
        const { client, server } = await logOn({ ...send, ...accept, isc });
        assert.deepEqual(
          await server.attribute(SECPKG_ATTR.SESSION_KEY),
          await client.attribute(SECPKG_ATTR.SESSION_KEY),
        );
      }
      const identity = { kind: 'password', ...ALICE, password: 'wrong' } as const;
      await assert.rejects(logOn({ ...send, ...accept, identity }), denied);
    });

    it('have no bindings, so a server that wants some refuses them', async () => {
      const options = { ...send, ...accept, clientInput: [bindingsOf('x')], serverInput: [bindingsOf('x')] };
      await assert.rejects(logOn(options), { code: 'SEC_E_BAD_BINDINGS' });
    });

    it('an LM response is sent only by name, and proves nothing', async () => {
      const clientNtlm = { dangerouslySendNtlmV1: true, dangerouslySendLm: true };
      const password = 'sesame';
      const lm: LogonOptions = {
        clientNtlm,
        ...accept,
        isc: 0,
        accounts: memoryAccounts([{ ...ALICE, password }]),
        identity: { kind: 'password', ...ALICE, password },
      };
      const { messages } = await logOn(lm);
      const { lmResponse, ntResponse } = parseAuthenticate(messages.authenticate);
      assert.notEqual(hex(lmResponse), hex(ntResponse));
      const noNt = (bytes: Uint8Array): Uint8Array => {
        const copy = Buffer.from(bytes);
        copy.set(lmResponse, copy.readUInt32LE(24));
        return copy;
      };
      await assert.rejects(logOn({ ...lm, authenticate: noNt }), denied);
    });

    it('without an LM hash the NT response stands in its place', async () => {
      const { messages } = await logOn({
        clientNtlm: { dangerouslySendNtlmV1: true, dangerouslySendLm: true },
        ...accept,
        isc: 0,
        accounts: memoryAccounts([{ ...ALICE, password: 'a password of more than 14' }]),
        identity: { kind: 'password', ...ALICE, password: 'a password of more than 14' },
      });
      const { lmResponse, ntResponse } = parseAuthenticate(messages.authenticate);
      assert.equal(hex(lmResponse), hex(ntResponse));
    });
  });
});
