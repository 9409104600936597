import assert from 'node:assert/strict';
import { ASC_REQ, ISC_REQ, SECPKG_ATTR } from 'secur32/raw';
import { AV_ID } from '#dist/engine/ntlm/messages/av-pairs.js';
import { forgeLogon, sentPairs, u32, withPairs, withTargetInfo } from './forge.js';
import { bindingsOf, logOn, outputToken, SEALED, Sides, TARGET } from './logon.js';
import { utf16 } from './vectors.js';

const badBindings = { code: 'SEC_E_BAD_BINDINGS' };

describe('NTLM logons that are led elsewhere', () => {
  describe('relays', () => {
    const bound = { serverInput: [bindingsOf('ours')] };
    const allow = { ...bound, asc: ASC_REQ.ALLOW_MISSING_BINDINGS };
    const zeros = withPairs([AV_ID.CHANNEL_BINDINGS, new Uint8Array(16)]);

    it('bindings of another channel are refused by whatever policy', async () => {
      const clientInput = [bindingsOf('theirs')];
      await assert.rejects(logOn({ ...bound, clientInput }), badBindings);
      await assert.rejects(logOn({ ...allow, clientInput }), badBindings);
    });

    it('a client without bindings is refused where there are some, unless it may', async () => {
      await assert.rejects(logOn(bound), badBindings);
      await logOn(allow);
    });

    it('zeros are no bindings', async () => {
      await assert.rejects(forgeLogon({ avPairs: zeros }, bound), badBindings);
      await forgeLogon({ avPairs: zeros }, allow);
      await assert.rejects(forgeLogon({ avPairs: zeros }, { asc: ASC_REQ.PROXY_BINDINGS }), badBindings);
    });

    it('a server behind a proxy takes any bindings, and none but some', async () => {
      const asc = ASC_REQ.PROXY_BINDINGS;
      await assert.rejects(logOn({ asc }), badBindings);
      await logOn({ asc, clientInput: [bindingsOf('the proxy’s')] });
    });

    it('nobody has no bindings', async () => {
      const nobody = { identity: { kind: 'anonymous' }, asc: ASC_REQ.ALLOW_NULL_SESSION } as const;
      await assert.rejects(logOn({ ...nobody, ...bound }), badBindings);
    });

    it('bindings that are no SEC_CHANNEL_BINDINGS are the caller’s mistake', async () => {
      const broken = [{ ...bindingsOf('x'), data: new Uint8Array(31) }];
      await assert.rejects(logOn({ serverInput: broken }), badBindings);
      await assert.rejects(logOn({ clientInput: broken }), badBindings);
    });

    it('an empty buffer stands for no channel', async () => {
      const empty = [{ ...bindingsOf('x'), data: new Uint8Array(0) }];
      await logOn({ serverInput: empty, clientInput: empty });
    });

    it('a client sends no bindings but its own, and never zeros', async () => {
      const { messages } = await logOn();
      assert.equal(sentPairs(messages.authenticate).find(AV_ID.CHANNEL_BINDINGS), undefined);
    });

    it('a target that the client does not vouch for is none', async () => {
      const { messages, server } = await logOn({ isc: SEALED | ISC_REQ.UNVERIFIED_TARGET_NAME });
      assert.equal(sentPairs(messages.authenticate).text(AV_ID.TARGET_NAME), TARGET);
      await assert.rejects(server.attribute(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
      });
    });

    it('nor is an empty one', async () => {
      const server = await forgeLogon({ avPairs: withPairs([AV_ID.TARGET_NAME, new Uint8Array(0)]) });
      await assert.rejects(server.attribute(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
      });
    });

    it('what a server says in the client’s pairs does not come back', async () => {
      const clientInput = [bindingsOf('ours')];
      const sides = new Sides({ clientInput, isc: 0 });
      const begun = await sides.initialize();
      const challenge = outputToken(await sides.accept(outputToken(begun)));
      const planted = withPairs(
        [AV_ID.FLAGS, u32(5)],
        [AV_ID.SINGLE_HOST, new Uint8Array(48).fill(7)],
        [AV_ID.TARGET_NAME, utf16('cifs/planted')],
        [AV_ID.CHANNEL_BINDINGS, new Uint8Array(16).fill(7)],
        [99, utf16('unknown')],
      );
      const answered = await sides.initialize(withTargetInfo(planted)(challenge), begun.context);
      const pairs = sentPairs(outputToken(answered));
      assert.deepEqual(
        [...pairs].map(({ id }) => id),
        [2, 1, 4, 3, 7, 99, 6, 8, 10, 9],
      );
      assert.equal(pairs.flags, 3);
      assert.equal(pairs.text(AV_ID.TARGET_NAME), TARGET);
      for (const id of [AV_ID.CHANNEL_BINDINGS, AV_ID.SINGLE_HOST]) assert.ok(pairs.find(id)!.some(byte => byte !== 7));
    });
  });

  describe('reflection', () => {
    const elsewhere = { targetName: 'HTTP/elsewhere.example.net' };

    it('a client does not answer a challenge of its own process for another server', async () => {
      await assert.rejects(logOn(elsewhere), { code: 'SEC_E_WRONG_PRINCIPAL' });
      await assert.rejects(logOn({ targetName: null }), { code: 'SEC_E_WRONG_PRINCIPAL' });
    });

    for (const targetName of [
      'HTTP/localhost',
      'localhost:80',
      'HTTP/127.0.0.1:80',
      'HTTP/[::1]:80/name',
      'cifs/SERVER',
      TARGET,
    ]) {
      it(`it does for ${targetName}`, () => logOn({ targetName }));
    }

    it('it does for names that are this host’s by the options', async () => {
      await logOn({ ...elsewhere, clientNtlm: { loopbackNames: ['elsewhere.example.net'] } });
    });

    it('a challenge that has been answered is nobody’s any more', async () => {
      const { messages } = await logOn();
      const sides = new Sides({ ...elsewhere });
      const begun = await sides.initialize();
      await sides.initialize(messages.challenge, begun.context);
    });

    it('a server tells its own process by the single host data', async () => {
      assert.deepEqual(await (await forgeLogon({})).attribute(SECPKG_ATTR.IS_LOOPBACK), { isLoopback: false });
    });
  });
});
