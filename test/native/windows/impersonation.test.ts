import assert from 'node:assert/strict';
import { ArgumentError } from '#dist/sspi/arguments.js';
import { describeAudited, eventually, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, serverSide } from './people.js';
import { WINE } from './under-wine.js';

describeAudited('impersonation', () => {
  let handshake: Handshake;
  afterEach('close the exchange', () => handshake[Symbol.asyncDispose]());
  const { sspi, audit } = useAudit();

  beforeEach(async () => {
    handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    audit.supplyTokens(true);
  });

  it('runs a function as the client, and reverts before anything else runs', async () => {
    const { context } = handshake.server;
    const during = sspi.impersonate(context, () => audit.live().impersonations);
    assert.equal(audit.live().impersonations, 0);
    assert.equal(await during, 1);
  });

  it('reverts when the function throws, and passes on what it threw', async () => {
    const reason = new Error('no access');
    const failed = sspi.impersonate(handshake.server.context, () => {
      throw reason;
    });
    assert.equal(audit.live().impersonations, 0);
    await assert.rejects(failed, reason);
  });

  it('is not nested: the second comes after the first', async () => {
    const { context } = handshake.server;
    const count = () => audit.live().impersonations;
    const { second, first } = await sspi.impersonate(context, () => ({
      second: sspi.impersonate(context, count),
      first: count(),
    }));
    assert.deepEqual([first, await second], [1, 1]);
  });

  it('of another context is refused in the middle of one', async () => {
    await using other = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { nested } = await sspi.impersonate(handshake.server.context, () => {
      return { nested: sspi.impersonate(other.server.context, () => 'nested') };
    });
    await assert.rejects(nested, { code: 'SEC_E_NO_IMPERSONATION' });
  });

  it('refuses functions that go on after they return', async () => {
    await assert.rejects(
      sspi.impersonate(handshake.server.context, async () => 1),
      ArgumentError,
    );
    assert.equal(audit.calls()['ImpersonateSecurityContext'], undefined);
  });

  it('reaches the calls that the function starts', async () => {
    const acquired = await sspi.impersonate(handshake.server.context, () =>
      sspi.acquireCredentialsHandle({ package: 'Kerberos', credentialUse: 'outbound' }),
    );
    await sspi.freeCredentialsHandle(acquired.credential);
  });

  it('waits for the calls of the context that run', async () => {
    const { context } = handshake.server;
    audit.hold('QuerySecurityContextToken');
    const token = sspi.querySecurityContextToken(context);
    let ran = false;
    const impersonated = sspi.impersonate(context, () => {
      ran = true;
    });
    await eventually(() => audit.held() === 1);
    assert.equal(ran, false);
    audit.release();
    await token;
    await impersonated;
    assert.equal(ran, true);
  });

  it('needs a package that can', async function () {
    if (WINE === undefined) return this.skip();
    audit.supplyTokens(false);
    await assert.rejects(
      sspi.impersonate(handshake.server.context, () => assert.fail('it ran all the same')),
      { syscall: 'ImpersonateSecurityContext', provider: 'native' },
    );
  });

  it("reads who it is from the client's token", async () => {
    const token = await sspi.querySecurityContextToken(handshake.server.context);
    assert.match(token.user.sid!, /^S-1-5-/);
    assert.ok(token.user.name.length > 0);
    assert.ok(
      token.groups!.some(({ sid }) => sid === 'S-1-1-0'),
      'everyone',
    );
    assert.ok(token.privileges!.includes('SeChangeNotifyPrivilege'));
  });
});
