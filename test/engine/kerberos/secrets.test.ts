import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { createEngine } from 'secur32/engine';
import type { KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { clientIdentity } from '#dist/engine/kerberos/kdc/client-identity.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { TicketSource } from '#dist/engine/kerberos/kdc/ticket-source.js';
import { HTTP, MINT_REALM, Mint, NOW } from './ap/mint.js';

const PASSWORD = 'open sesame 4711';
const mint = new Mint();
const bytesOf = (key: KerberosKey): Uint8Array => key.value.use(bytes => Uint8Array.from(bytes));

/** Whether a text shows bytes: in hex, in base64, as numbers of an array, or as they are. */
function shows(text: string, secret: Uint8Array): boolean {
  const part = Buffer.from(secret.subarray(0, 8));
  const hex = part.toString('hex');
  const forms = [
    hex,
    hex.replace(/..(?=.)/g, '$& '),
    part.toString('base64').slice(0, 10),
    [...part].join(', '),
    [...part].join(',\n'),
  ];
  return forms.some(form => text.replace(/\s+/g, ' ').includes(form.replace(/\s+/g, ' ')));
}

/** All that a debugger, a log and a stack trace would say of it. */
function everything(value: unknown): string {
  const options = {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
  };
  return [
    inspect(value, options),
    inspect(value, { ...options, customInspect: false }),
    String(value),
    value instanceof Error ? (value.stack ?? '') : '',
    JSON.stringify(value) ?? '',
  ].join('\n');
}

describe('Secrets of Kerberos', () => {
  it('are in nothing that is printed, whether a logon succeeds or fails', async () => {
    const session = mint.ticket();
    const account = { name: { type: 1, components: ['websvc'] }, realm: MINT_REALM };
    const passwordKey = await passwordKeys(PASSWORD).key(account, { etype: 18 });
    const secrets = [mint.key(), session.sessionKey, passwordKey]
      .map(bytesOf)
      .concat(new TextEncoder().encode(PASSWORD));
    const printed: string[] = [];
    const listen = (message: unknown): void => void printed.push(everything(message));
    const channels = ['secur32:context', 'secur32:negotiate'];
    for (const name of channels) subscribe(name, listen);
    const conf = new TextEncoder().encode(`[realms]\n${MINT_REALM} = {\nkdc = 127.0.0.1:1\n}\n`);
    const environment = { now: () => NOW, readFile: async () => Uint8Array.from(conf), variables: {} };
    const sspi = createEngine({ krb5Config: '/c', environment, keytab: mint.keytab.toBytes() });
    const common = { package: 'Kerberos', sspi } as const;
    const outbound = await Credential.acquire({
      ...common,
      use: 'outbound',
      identity: { kind: 'ccache', ccache: mint.ccache(session) },
    });
    const inbound = await Credential.acquire({ ...common, use: 'inbound' });
    const identity = { kind: 'password', user: 'websvc', domain: MINT_REALM, password: PASSWORD } as const;
    const other = await Credential.acquire({ ...common, use: 'inbound', identity });
    const wrong = await Credential.acquire({ ...common, use: 'outbound', identity });
    const client = new ClientContext(outbound, { targetName: 'HTTP/localhost' });
    const server = new ServerContext(inbound);
    const { token } = await client.step();
    await client.step((await server.step(token)).token);
    const failures = [
      new ServerContext(other).step(token),
      new ServerContext(inbound).step(token),
      new ClientContext(wrong, { targetName: 'HTTP/localhost' }).step(),
      Credential.acquire({ ...common, use: 'inbound', identity: { ...identity, domain: 'NONE' } }),
    ];
    for (const result of await Promise.allSettled(failures)) {
      assert.equal(result.status, 'rejected');
      printed.push(everything(result.reason));
    }
    for (const object of [sspi, outbound, inbound, other, client, server, client.context, outbound.handle]) {
      printed.push(everything(object));
    }
    for (const each of [client, server, outbound, inbound, other, wrong]) await each.close();
    for (const name of channels) unsubscribe(name, listen);
    for (const text of printed) {
      for (const secret of secrets) assert.ok(!shows(text, secret), text.slice(0, 2000));
    }
    assert.ok(!printed.some(text => text.includes(PASSWORD)));
    // The search finds what is there.
    assert.ok(secrets.every(secret => shows(inspect(secret), secret)));
  });

  it('are gone with the credential that had them', async () => {
    const source = new TicketSource(
      mint.kdc,
      await clientIdentity(mint.kdc, { kind: 'ccache', ccache: mint.ccache() }),
    );
    const { sessionKey } = await source.serviceTicket({ name: HTTP.name });
    assert.equal(bytesOf(sessionKey).length, 32);
    source.wipe();
    assert.throws(() => bytesOf(sessionKey));
    assert.throws(() => sessionKey.encrypt(1, new Uint8Array(16), new Uint8Array(1)));
  });
});
