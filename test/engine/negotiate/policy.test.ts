import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { Credential } from 'secur32';
import { createEngine, type NegotiateEvent } from 'secur32/engine';
import { ISC_REQ, SEC_E, SECPKG_ATTR, SECPKG_CRED_ATTR, SECPKG_NEGOTIATION, SspiError } from 'secur32/raw';
import { decodeNegotiationToken } from '#dist/engine/negotiate/messages/negotiation-token.js';
import { Negotiate } from '#dist/engine/negotiate/negotiate.js';
import { PackageError } from '#dist/engine/package-error.js';
import { PackageRegistry } from '#dist/engine/registry.js';
import { negotiate, Side, type SideOptions } from './negotiation.js';
import { type ToyOptions, ToyPackage } from './toy-package.js';

const OIDS: Readonly<Record<string, string>> = { A: '1.2.3.1', B: '1.2.3.2', C: '1.2.3.3' };

const toy = (name: string, options: Partial<ToyOptions> = {}): ToyPackage =>
  new ToyPackage({ name, oids: [OIDS[name]!], tokens: 3, integrity: true, ...options });

const identity = (packageList?: string) =>
  ({ kind: 'password', user: 'alice', domain: 'D', password: 'secret', ...(packageList && { packageList }) }) as const;

/** What a client with an identity offers. */
async function offered(packages: readonly ToyPackage[], options: SideOptions = {}): Promise<string[]> {
  const side = new Side('client', packages, options);
  const token = decodeNegotiationToken(await side.step());
  assert.ok(side.close());
  if (token.kind !== 'init') throw new Error('this is no beginning');
  return token.init.mechTypes.oids.map(oid => Object.keys(OIDS).find(name => OIDS[name] === oid)!);
}

async function failure(promise: Promise<unknown>): Promise<PackageError> {
  const error = await promise.then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PackageError, String(error));
  return error;
}

/** What the channel tells while `run` runs. */
async function events(run: () => Promise<unknown>): Promise<NegotiateEvent[]> {
  const seen: NegotiateEvent[] = [];
  const listen = (event: unknown): void => void seen.push(event as NegotiateEvent);
  const negotiations = channel('secur32:negotiate');
  negotiations.subscribe(listen);
  try {
    await run();
  } finally {
    negotiations.unsubscribe(listen);
  }
  return seen;
}

describe('Negotiate: which packages', () => {
  const all = (): ToyPackage[] => [toy('A'), toy('B'), toy('C')];

  describe('packageList of the identity', () => {
    for (const [list, packages] of [
      [undefined, ['A', 'B', 'C']],
      ['', ['A', 'B', 'C']],
      ['!B', ['A', 'C']],
      ['B', ['B']],
      [' c , a ', ['A', 'C']],
      ['A,B,!B', ['A']],
      ['!A,!C', ['B']],
      ['! b', ['A', 'C']],
      ['!Kerberos', ['A', 'B', 'C']],
      ['A,pku2u', ['A']],
    ] as const) {
      it(`${JSON.stringify(list) ?? 'absent'} lets ${packages.join(', ')} through`, async () => {
        assert.deepEqual(await offered(all(), { authData: identity(list) }), packages);
      });
    }

    for (const list of ['!ntml', 'A,X', '!', 'A;B']) {
      it(`${JSON.stringify(list)} is refused: nobody knows what it means`, () => {
        assert.throws(
          () => new Side('client', all(), { authData: identity(list) }),
          (error: unknown) => error instanceof PackageError && error.status === SEC_E.SECPKG_NOT_FOUND,
        );
      });
    }

    it('may leave none, and says so at the first leg', async () => {
      const error = await failure(new Side('client', all(), { authData: identity('Kerberos') }).step());
      assert.equal(error.status, SEC_E.NO_CREDENTIALS);
      assert.match(error.details.hint!, /packageList/);
    });

    it('keeps a server from what it leaves out', async () => {
      const server = new Side('server', all(), { authData: identity('!A') });
      const client = new Side('client', [toy('A')]);
      const error = await failure(negotiate(client, server));
      assert.equal(error.status, SEC_E.LOGON_DENIED);
      assert.match(error.details.hint!, /This server takes B, C/);
    });
  });

  describe('the engine’s options', () => {
    it('name the packages, in the order of preference', async () => {
      assert.deepEqual(await offered(all(), { options: { packages: ['c', 'A'] } }), ['C', 'A']);
    });

    it('and the packageList chooses among them', async () => {
      assert.deepEqual(await offered(all(), { options: { packages: ['C', 'A'] }, authData: identity('!C') }), ['A']);
    });

    it('do not name what there is not', () => {
      assert.throws(() => new Side('client', all(), { options: { packages: ['X'] } }), /no security package "x"|"X"/i);
    });

    it('do not make Negotiate negotiate itself', async () => {
      const error = await failure(new Side('client', all(), { options: { packages: ['Negotiate'] } }).step());
      assert.equal(error.status, SEC_E.NO_CREDENTIALS);
    });
  });

  it('packages that are added later are negotiated, too', async () => {
    const registry = new PackageRegistry();
    const package_ = new Negotiate({ packages: registry, options: {} });
    registry.add(package_);
    registry.add(toy('A'));
    const credential = package_.acquireCredential({ use: 'outbound' });
    const leg = { input: [], contextReq: 0, targetDataRep: 0, targetName: 'x', signal: undefined };
    const { context } = await credential.initialize!(leg);
    context.close();
    credential.close();
  });
});

describe('Negotiate: credentials', () => {
  const cannot = (name: string, status: number = SEC_E.UNKNOWN_CREDENTIALS): ToyPackage =>
    toy(name, { fails: { at: 'acquire', error: new PackageError(status, `${name} cannot use it`) } });

  it('are acquired of each package when the first context asks, once, with the identity', async () => {
    const packages = [toy('A'), toy('B')];
    const side = new Side('client', packages, { authData: identity() });
    assert.deepEqual(
      packages.map(({ acquired }) => acquired.length),
      [0, 0],
    );
    await side.step();
    side.context!.close();
    side.context = undefined;
    await side.step();
    assert.deepEqual(
      packages.map(({ acquired }) => acquired),
      [[{ use: 'outbound', authData: identity() }], [{ use: 'outbound', authData: identity() }]],
    );
    assert.ok(side.close());
  });

  it('of a package that has no use for such an identity are done without, and that is told', async () => {
    const client = new Side('client', [cannot('A'), toy('B')]);
    const server = new Side('server', [toy('B')]);
    const [first] = await events(() => negotiate(client, server));
    assert.deepEqual(first, {
      type: 'passedOver',
      role: 'client',
      package: 'A',
      code: 'SEC_E_UNKNOWN_CREDENTIALS',
      reason: 'A cannot use it',
    });
    const lastStatus = SEC_E.UNKNOWN_CREDENTIALS;
    assert.deepEqual(client.context!.queryAttribute(SECPKG_ATTR.NEGO_STATUS), { lastStatus });
    assert.ok(client.close() && server.close());
  });

  it('of a preferred package that has nothing to log on with: the client fails and says what to do, each time', async () => {
    const packages = [cannot('A', SEC_E.NO_CREDENTIALS), toy('B'), toy('C')];
    const side = new Side('client', packages);
    for (const times of [1, 2]) {
      const error = await failure(side.step());
      assert.deepEqual([error.status, error.message], [SEC_E.NO_CREDENTIALS, 'A: A cannot use it']);
      assert.match(error.details.hint!, /^B is not tried in its place\. .*negotiate: \{ packages: \['B'\] \}/);
      assert.equal(packages[0]!.acquired.length, times);
      assert.equal(packages[1]!.openCredentials, 0);
    }
    const options = { whenPreferredFails: 'tryNext' } as const;
    assert.deepEqual(await offered(packages, { options }), ['B', 'C']);
    assert.deepEqual(await offered(packages, { options: { packages: ['B'] } }), ['B']);
  });

  it('for both directions are none where the preferred package takes the identity for one of them only', async () => {
    const registry = new PackageRegistry();
    for (const each of [cannot('A'), toy('B')]) registry.add(each);
    const both = new Negotiate({ packages: registry, options: {} }).acquireCredential({ use: 'both' });
    const leg = { input: [], contextReq: 0, targetDataRep: 0, targetName: 'x', signal: undefined };
    for (const begin of ['initialize', 'accept'] as const) {
      const error = await failure((async () => both[begin]!(leg))());
      assert.deepEqual([error.status, error.message], [SEC_E.UNKNOWN_CREDENTIALS, 'A: A cannot use it']);
    }
    both.close();
  });

  it('of a less preferred one may be missing', async () => {
    assert.deepEqual(await offered([toy('A'), cannot('B', SEC_E.NO_CREDENTIALS), toy('C')]), ['A', 'C']);
  });

  it('of a package may be missing in a server, which tells', async () => {
    const client = new Side('client', [toy('B')]);
    const server = new Side('server', [cannot('A', SEC_E.NO_CREDENTIALS), toy('B')]);
    const seen = await events(() => negotiate(client, server));
    const missing = { package: 'A', code: 'SEC_E_NO_CREDENTIALS', reason: 'A cannot use it' };
    assert.deepEqual(seen[0], { type: 'passedOver', role: 'server', ...missing });
    const lastStatus = SEC_E.NO_CREDENTIALS;
    assert.deepEqual(server.context!.queryAttribute(SECPKG_ATTR.NEGO_STATUS), { lastStatus });
    assert.ok(client.close() && server.close());
    for (const first of [await new Side('client', [toy('A')]).step(), Buffer.from('A:1')]) {
      const other = new Side('server', [cannot('A', SEC_E.NO_CREDENTIALS), toy('B')]);
      assert.match((await failure(other.step(first))).details.hint!, /A is left out: A cannot use it\./);
    }
  });

  it('that are broken are nothing to be done without', async () => {
    for (const role of ['client', 'server'] as const) {
      const options = { whenPreferredFails: 'tryNext' } as const;
      const side = new Side(role, [toy('B'), cannot('A', SEC_E.INVALID_TOKEN)], { options });
      const hello = Buffer.from('B:1');
      const error = await failure(role === 'client' ? side.step() : side.step(hello));
      assert.deepEqual([error.status, error.message], [SEC_E.INVALID_TOKEN, 'A cannot use it']);
      assert.ok(side.close());
    }
  });

  it('of none at all fail, with what each package said', async () => {
    const error = await failure(new Side('client', [cannot('A'), cannot('B')]).step());
    assert.equal(error.status, SEC_E.NO_CREDENTIALS);
    assert.equal(error.details.hint, 'A: A cannot use it; B: B cannot use it');
  });

  it('of the only package fail as that package does', async () => {
    const error = await failure(new Side('client', [cannot('A')]).step());
    assert.deepEqual([error.status, error.message], [SEC_E.UNKNOWN_CREDENTIALS, 'A cannot use it']);
  });

  it('serve one direction, or both', async () => {
    const registry = new PackageRegistry();
    registry.add(toy('A'));
    const package_ = new Negotiate({ packages: registry, options: {} });
    const leg = { input: [], contextReq: 0, targetDataRep: 0, targetName: 'x', signal: undefined };
    const inbound = package_.acquireCredential({ use: 'inbound' });
    const outbound = package_.acquireCredential({ use: 'outbound' });
    const both = package_.acquireCredential({ use: 'both' });
    assert.equal((await failure((async () => inbound.initialize!(leg))())).status, SEC_E.NO_CREDENTIALS);
    assert.equal((await failure((async () => outbound.accept!(leg))())).status, SEC_E.NO_CREDENTIALS);
    for (const begin of ['initialize', 'accept'] as const) (await both[begin]!(leg)).context.close();
    for (const credential of [inbound, outbound, both]) credential.close();
  });

  it('tell their user', () => {
    const registry = new PackageRegistry();
    const package_ = new Negotiate({ packages: registry, options: {} });
    const named = package_.acquireCredential({ use: 'outbound', authData: identity() });
    assert.deepEqual(named.queryAttribute!(SECPKG_CRED_ATTR.NAMES), { userName: 'D\\alice' });
    assert.equal(package_.acquireCredential({ use: 'inbound' }).queryAttribute!(SECPKG_CRED_ATTR.NAMES), undefined);
  });

  it('are refused for datagrams', async () => {
    const side = new Side('client', [toy('A')], { contextReq: ISC_REQ.DATAGRAM });
    assert.equal((await failure(side.step())).status, SEC_E.UNSUPPORTED_FUNCTION);
  });
});

describe('Negotiate: a preferred package that cannot begin', () => {
  const noKdc = new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'no KDC answers', { hint: 'Start one.' });
  const failing = (error = noKdc): ToyPackage => toy('A', { fails: { at: 'client', error } });

  it('ends the matter, and the error says what could be tried', async () => {
    const side = new Side('client', [failing(), toy('B')]);
    const error = await failure(side.step());
    assert.deepEqual([error.status, error.message], [SEC_E.NO_AUTHENTICATING_AUTHORITY, 'A: no KDC answers']);
    assert.match(
      error.details.hint!,
      /^Start one\. B is not tried in its place\. .*packages: \['B'\].*whenPreferredFails/,
    );
    assert.ok(side.close());
  });

  it('is passed over where the option says so, and attributes and diagnostics tell', async () => {
    const options = { whenPreferredFails: 'tryNext' } as const;
    const client = new Side('client', [failing(), toy('B')], { options });
    const server = new Side('server', [toy('B')]);
    const seen = await events(() => negotiate(client, server));
    assert.deepEqual(client.context!.queryAttribute(SECPKG_ATTR.NEGO_STATUS), {
      lastStatus: SEC_E.NO_AUTHENTICATING_AUTHORITY,
    });
    assert.deepEqual(seen, [
      {
        type: 'passedOver',
        role: 'client',
        package: 'A',
        code: 'SEC_E_NO_AUTHENTICATING_AUTHORITY',
        reason: 'no KDC answers',
      },
      { type: 'agreed', role: 'server', package: 'B', preferred: true, direct: false },
      { type: 'agreed', role: 'client', package: 'B', preferred: true, direct: false },
    ]);
    assert.ok(client.close() && server.close());
  });

  it('is not on offer any more when it was passed over', async () => {
    const options = { whenPreferredFails: 'tryNext' } as const;
    assert.deepEqual(await offered([failing(), toy('B'), toy('C')], { options }), ['B', 'C']);
  });

  it('is not passed over when it says that the logon is wrong', async () => {
    const denied = new PackageError(SEC_E.LOGON_DENIED, 'wrong password');
    const options = { whenPreferredFails: 'tryNext' } as const;
    const side = new Side('client', [failing(denied), toy('B')], { options });
    assert.equal((await failure(side.step())).status, SEC_E.LOGON_DENIED);
    assert.equal(side.packages[1]!.legs.length, 0);
  });

  it('and nothing after it: its own failure', async () => {
    const options = { whenPreferredFails: 'tryNext' } as const;
    assert.equal((await failure(new Side('client', [failing()], { options }).step())).message, 'no KDC answers');
  });

  it('the server’s choice of what is on offer is told as well', async () => {
    const client = new Side('client', [toy('A'), toy('B')]);
    const server = new Side('server', [toy('B')]);
    const seen = await events(() => negotiate(client, server));
    const ofClient = seen.find(event => event.role === 'client');
    assert.deepEqual(ofClient, { type: 'agreed', role: 'client', package: 'B', preferred: false, direct: false });
  });
});

describe('Negotiate over NTLM', () => {
  const accounts = { find: () => ({ user: 'alice', password: 'secret' }) };
  const negotiate = { packages: ['NTLM'] };

  it('is NTLM with an identity, and says what is missing without', async () => {
    const sspi = createEngine({ accounts, negotiate });
    await using current = await Credential.acquire({
      package: 'Negotiate',
      use: 'outbound',
      identity: { kind: 'current' },
      sspi,
    });
    await assert.rejects(
      sspi.initializeSecurityContext({ credential: current.handle, targetName: 'HTTP/localhost', contextReq: 0 }),
      (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_NO_CREDENTIALS' && error.hint.length > 20,
    );
  });

  it('is nothing with !ntlm', async () => {
    const sspi = createEngine({ accounts, negotiate });
    const list = identity('!ntlm');
    await using credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity: list, sspi });
    await assert.rejects(
      sspi.initializeSecurityContext({ credential: credential.handle, targetName: 'HTTP/localhost', contextReq: 0 }),
      (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_NO_CREDENTIALS',
    );
  });

  it('is refused by an engine that may not use NTLM', async () => {
    const sspi = createEngine({ accounts, negotiate: { packages: [] } });
    await using credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    await assert.rejects(
      sspi.acceptSecurityContext({ credential: credential.handle, input: [], contextReq: 0 }),
      (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_NO_CREDENTIALS',
    );
  });

  it('tells in its attributes that NTLM it is, and that there was no Kerberos', async () => {
    const sspi = createEngine({ accounts, negotiate });
    await using outbound = await Credential.acquire({
      package: 'Negotiate',
      use: 'outbound',
      identity: identity(),
      sspi,
    });
    await using inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const target = { credential: outbound.handle, targetName: 'HTTP/localhost', contextReq: 0 };
    const c1 = await sspi.initializeSecurityContext(target);
    const s1 = await sspi.acceptSecurityContext({ credential: inbound.handle, input: c1.output, contextReq: 0 });
    const c2 = await sspi.initializeSecurityContext({ ...target, context: c1.context, input: s1.output });
    const s2 = await sspi.acceptSecurityContext({ context: s1.context, input: c2.output, contextReq: 0 });
    const c3 = await sspi.initializeSecurityContext({ ...target, context: c1.context, input: s2.output });
    assert.deepEqual([s2.status, c3.status], [SEC_E.OK, SEC_E.OK]);
    const ntlm = await sspi.querySecurityPackageInfo('NTLM');
    for (const { context } of [c3, s2]) {
      assert.deepEqual(await sspi.queryContextAttributes(context, SECPKG_ATTR.PACKAGE_INFO), ntlm);
      assert.deepEqual(await sspi.queryContextAttributes(context, SECPKG_ATTR.NEGOTIATION_INFO), {
        packageInfo: ntlm,
        negotiationState: SECPKG_NEGOTIATION.COMPLETE,
      });
      assert.deepEqual(await sspi.queryContextAttributes(context, SECPKG_ATTR.NEGO_PKG_INFO), { packageMask: 1 });
      await sspi.deleteSecurityContext(context);
    }
  });
});
