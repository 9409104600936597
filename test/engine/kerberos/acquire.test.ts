import assert from 'node:assert/strict';
import { ClientContext, Credential, SaslClient } from 'secur32';
import { createEngine, type EngineOptions } from 'secur32/engine';
import { type AuthData, SspiError } from 'secur32/raw';
import type { Transport } from '#dist/engine/environment/transport.js';
import { KRB_ERROR } from '#dist/engine/kerberos/constants/error-code.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { KeytabEntry } from '#dist/engine/kerberos/keytab/keytab-entry.js';
import { encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { Side, type SideOptions } from '../../interop/kerberos/side.js';
import { HTTP, MINT_REALM, Mint, NOW } from './ap/mint.js';

const PASSWORD = 'open sesame';
const mint = new Mint();

const open: Side[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** The clock of all stands still, as the mint's does; there is no krb5.conf. */
async function openSide(role: 'client' | 'server', engine: EngineOptions, side: SideOptions): Promise<Side> {
  const environment = { now: () => NOW, variables: {}, ...engine.environment };
  const made = await Side.open(createEngine({ krb5Config: '/dev/null', ...engine, environment }), role, side);
  open.push(made);
  return made;
}

const refusedWith =
  (code: string, text = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof SspiError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(`${error.message} ${error.hint}`, text);
    return true;
  };

/** Files by their names. */
const filesOf = (files: Readonly<Record<string, Uint8Array>>) => async (path: string) => {
  const bytes = files[path];
  if (!bytes) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  return Uint8Array.from(bytes);
};

describe('Kerberos credentials of servers', () => {
  /** Whether the server that has such a credential lets a client with a ticket for HTTP/localhost in. */
  async function accepts(engine: EngineOptions, side: SideOptions): Promise<void> {
    const theirs = await openSide('server', engine, side);
    const authData = { kind: 'ccache', ccache: mint.ccache() } as const;
    const ours = await openSide('client', {}, { authData });
    assert.ok((await theirs.step((await ours.step()).token)).done);
  }

  const keytab = mint.keytab.toBytes();
  const other = new Mint().keytab.toBytes();
  const files = {
    '/given.keytab': keytab,
    '/etc/krb5.keytab': keytab,
    '/c': new TextEncoder().encode('[libdefaults]\ndefault_keytab_name = FILE:/given.keytab\n'),
    '/dev/null': new Uint8Array(0),
  };
  const environment = { readFile: filesOf(files) };

  it('take the keys of a keytab: its bytes, its name, with its kind before it', async () => {
    for (const from of [keytab, '/given.keytab', 'FILE:/given.keytab', 'WRFILE:/given.keytab']) {
      await accepts({ environment, keytab: other }, { authData: { kind: 'keytab', keytab: from } });
    }
  });

  it('or of the engine, of KRB5_KTNAME, of krb5.conf, of the system, in that order', async () => {
    const engine = (more: EngineOptions, variables = {}): EngineOptions => ({
      ...more,
      environment: { ...environment, variables },
    });
    const wrong = { KRB5_KTNAME: '/nowhere' };
    await accepts(engine({ keytab }, wrong), {});
    await accepts(engine({ krb5Config: '/c' }, { KRB5_KTNAME: 'FILE:/given.keytab' }), {});
    await accepts(engine({ krb5Config: '/c' }), {});
    await accepts(engine({}), {});
    await accepts(engine({}), { authData: { kind: 'current' } });
    await assert.rejects(openSide('server', engine({}, wrong), {}), refusedWith('SEC_E_NO_CREDENTIALS', /KRB5_KTNAME/));
  });

  it('for one name of the keytab, said in the identity or beside it', async () => {
    const [realm, two] = [MINT_REALM, { type: 2, components: ['ldap', 'localhost'] }];
    const keyBytes = mint.key().value.use(bytes => Uint8Array.from(bytes));
    // The same key: whatever the name in the ticket is, it opens it.
    const entry = { realm, timestamp: 0, kvno: 3, etype: 18 };
    const both = new Keytab([
      new KeytabEntry({ ...entry, principal: HTTP.name, keyBytes: Uint8Array.from(keyBytes) }),
      new KeytabEntry({ ...entry, principal: two, kvno: 4, keyBytes: new Uint8Array(32).fill(1) }),
    ]).toBytes();
    for (const principal of ['HTTP/localhost', `HTTP/localhost@${realm}`]) {
      await accepts({ keytab: both }, { principal });
      await accepts({}, { authData: { kind: 'keytab', keytab: both, principal } });
    }
    for (const principal of ['ldap/localhost', 'HTTP/localhost@OTHER.EXAMPLE']) {
      await assert.rejects(accepts({ keytab: both }, { principal }), refusedWith('SEC_E_NO_KERB_KEY', /only/));
      await assert.rejects(
        accepts({}, { authData: { kind: 'keytab', keytab: both, principal } }),
        refusedWith('SEC_E_NO_KERB_KEY', /only/),
      );
    }
  });

  it('by the password of the account, whatever the service is called; another one opens nothing', async () => {
    const account = { name: { type: 1, components: ['websvc'] }, realm: MINT_REALM };
    const krb5Config = '/c';
    const conf = new TextEncoder().encode(`[realms]\n${MINT_REALM} = {\nkdc = 127.0.0.1:1\n}\n`);
    const engine = { krb5Config, environment: { readFile: filesOf({ '/c': conf }) } };
    const key = await passwordKeys(PASSWORD).key(account, { etype: 18 });
    const ccache = mint.ccache(mint.ticket({ key }));
    const login = async (password: string): Promise<void> => {
      const authData: AuthData = { kind: 'password', user: 'websvc', domain: MINT_REALM, password };
      const theirs = await openSide('server', engine, { authData });
      const ours = await openSide('client', {}, { authData: { kind: 'ccache', ccache } });
      assert.ok((await theirs.step((await ours.step()).token)).done);
    };
    await login(PASSWORD);
    await assert.rejects(login('other'), refusedWith('SEC_E_LOGON_DENIED', /setspn/));
  });

  it('and not under a short name of the domain, of which its keys are not made', async () => {
    const conf = new TextEncoder().encode('[libdefaults]\ndefault_realm = R\n[realms]\nR = {\nkdc = kdc\n}\n');
    const authData: AuthData = { kind: 'password', user: 'websvc', domain: 'CORP', password: PASSWORD };
    const engine = { krb5Config: '/c', environment: { readFile: filesOf({ '/c': conf }) } };
    await assert.rejects(openSide('server', engine, { authData }), refusedWith('SEC_E_NO_CREDENTIALS', /DNS name/));
  });

  it('and not by what is no Kerberos identity, nor by a keytab that is none', async () => {
    for (const [authData, code] of [
      [{ kind: 'anonymous' }, 'SEC_E_UNKNOWN_CREDENTIALS'],
      [{ kind: 'keytab', keytab: Uint8Array.of(5, 2, 1) }, 'SEC_E_NO_CREDENTIALS'],
      [{ kind: 'keytab', keytab: 'MEMORY:x' }, 'SEC_E_NO_CREDENTIALS'],
      [{ kind: 'keytab', keytab: '/nowhere' }, 'SEC_E_NO_CREDENTIALS'],
    ] as const) {
      await assert.rejects(openSide('server', {}, { authData }), refusedWith(code));
    }
  });
});

describe('Kerberos credentials of clients', () => {
  const conf =
    '[libdefaults]\ndefault_realm = R.EXAMPLE\ndns_lookup_kdc = false\n[realms]\nR.EXAMPLE = {\nkdc = kdc\n}\n';
  const unknown = encodeKrbError({
    stime: NOW,
    susec: 0,
    errorCode: KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN,
    realm: 'R.EXAMPLE',
    sname: { type: 2, components: ['krbtgt', 'R.EXAMPLE'] },
  });

  async function acquire(domain: string, text = conf, more: EngineOptions = {}, packageName = 'Kerberos') {
    const asked: string[] = [];
    const answer: Transport['udp'] = async ({ host }) => {
      asked.push(host);
      return unknown;
    };
    const transport = { udp: answer, tcp: answer, https: () => Promise.reject(new Error('no')) };
    const readFile = filesOf({ '/c': new TextEncoder().encode(text) });
    const resolver = { serviceRecords: async () => [] };
    const environment = { readFile, transport, resolver };
    const authData: AuthData = { kind: 'password', user: 'alice', domain, password: PASSWORD };
    const engine = { ...more, krb5Config: '/c', environment };
    const side = await openSide('client', engine, { authData, package: packageName });
    return { side, asked };
  }

  it('with the short name of a domain: the KDC of the default realm knows whose it is', async () => {
    const { side, asked } = await acquire('CORP');
    await assert.rejects(side.step(), refusedWith('SEC_E_NO_AUTHENTICATING_AUTHORITY', /no domain CORP.*DNS name/));
    assert.deepEqual(asked, ['kdc']);
  });

  it('with that of a domain without any KDC: Negotiate goes on to NTLM where it may', async () => {
    const tryNext = { negotiate: { whenPreferredFails: 'tryNext' } } as const;
    const { side } = await acquire('CORP', conf, tryNext, 'Negotiate');
    assert.match(Buffer.from((await side.step()).token ?? []).toString('latin1'), /NTLMSSP/);
    const strict = await acquire('CORP', conf, {}, 'Negotiate');
    await assert.rejects(strict.side.step(), refusedWith('SEC_E_NO_AUTHENTICATING_AUTHORITY', /NTLM is not tried/));
  });

  it('of whom nobody waits for ever: a signal ends the step, and what it asked for', async () => {
    const asked: string[] = [];
    const hang: Transport['udp'] = ({ host }, _, { signal }) =>
      new Promise((_, reject) => {
        asked.push(host);
        signal?.addEventListener('abort', () => reject(asked.push('aborted')));
      });
    const transport = { udp: hang, tcp: hang, https: () => Promise.reject(new Error('no')) };
    const environment = {
      now: () => NOW,
      variables: {},
      transport,
      readFile: filesOf({ '/c': new TextEncoder().encode(conf) }),
    };
    const sspi = createEngine({ krb5Config: '/c', environment });
    const identity = { kind: 'password', user: 'alice', password: PASSWORD } as const;
    for (const packageName of ['Kerberos', 'Negotiate']) {
      await using credential = await Credential.acquire({ package: packageName, use: 'outbound', identity, sspi });
      const controller = new AbortController();
      const options = { targetName: 'HTTP/localhost', signal: controller.signal };
      const sasl = {
        mechanism: packageName === 'Kerberos' ? 'GSSAPI' : 'GSS-SPNEGO',
        service: 'ldap',
        host: 'localhost',
      };
      const steps = [
        new ClientContext(credential, options).step(),
        (await SaslClient.create({ credential, ...sasl, signal: controller.signal })).step(),
      ];
      const refusals = steps.map(step => assert.rejects(step, /enough/));
      await new Promise(resolve => setImmediate(resolve));
      controller.abort(new Error('enough'));
      await Promise.all(refusals);
    }
    assert.deepEqual(asked, ['kdc', 'aborted', 'kdc', 'aborted']);
  });

  it('are none at once where no KDC can be known', async () => {
    for (const [domain, text] of [
      ['OTHER.EXAMPLE', conf],
      ['CORP', '[libdefaults]\ndefault_realm = R.EXAMPLE\ndns_lookup_kdc = false\n'],
      ['CORP', '[libdefaults]\n'],
    ] as const) {
      await assert.rejects(acquire(domain, text), refusedWith('SEC_E_NO_CREDENTIALS', /no KDC of the realm/));
    }
  });
});
