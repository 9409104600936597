import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ClientContext, Credential, SaslClient, SaslServer, ServerContext } from 'secur32';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { ByteWriter } from '#dist/bytes/writer.js';
import type { DecodedToken, TokenField } from '#dist/cli/decode/decoded-token.js';
import { KeyRing } from '#dist/cli/decode/kerberos/key-ring.js';
import { recognizeToken } from '#dist/cli/decode/recognize.js';
import { encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import { encodeEtypeInfo2 } from '#dist/engine/kerberos/messages/etype-info.js';
import { encodeKdcProxyMessage } from '#dist/engine/kerberos/messages/kdc-proxy-message.js';
import { encodeKerbErrorData } from '#dist/engine/kerberos/messages/kerb-error-data.js';
import { encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { encodeMethodData } from '#dist/engine/kerberos/messages/pa-data.js';
import { findPac } from '#dist/engine/kerberos/pac/find-pac.js';
import { PAC_TYPE, Pac } from '#dist/engine/kerberos/pac/pac.js';
import { CLIENT, HTTP, Mint, NOW } from '../engine/kerberos/ap/mint.js';
import { CODECS } from '../engine/kerberos/messages/codecs.js';
import { clientInfo, inTicket, signPac } from '../engine/kerberos/pac/sample-pac.js';
import { readVectors } from '../vectors/read-vectors.js';
import { runCli } from './run-cli.js';

const messages = readVectors<Record<string, string>>('kerberos-messages');
const sample = readVectors<{ authorizationData: string }>('kerberos-pac');
const sampleParts = () => {
  const pac = Pac.parse(findPac([{ type: 1, data: decodeHex(sample.authorizationData) }])!);
  return [{ type: PAC_TYPE.LOGON_INFO, data: pac.find(PAC_TYPE.LOGON_INFO)!.data }];
};

/** All fields at any depth, as `name: value (meaning)`. */
function flat(fields: readonly TokenField[] = []): string[] {
  return fields.flatMap(({ name, value, meaning, parts }) => [
    `${name}: ${value}${meaning ? ` (${meaning})` : ''}`,
    ...flat(parts),
  ]);
}

const read = (bytes: Uint8Array, ring?: KeyRing): DecodedToken => {
  const decoded = recognizeToken(bytes, ring);
  assert.ok(decoded);
  return decoded;
};
const lines = (bytes: Uint8Array, ring?: KeyRing): string[] => flat(read(bytes, ring).fields);
const has = (all: readonly string[], ...wanted: readonly (string | RegExp)[]): void => {
  for (const one of wanted) {
    const found = all.some(line => (typeof one === 'string' ? line === one : one.test(line)));
    assert.ok(found, `${one}\n${all.join('\n')}`);
  }
};

/** The tokens of one logon, and a sealed message. */
async function exchange(mint: Mint, etype: number, part = {}): Promise<Uint8Array[]> {
  const ccache = mint.ccache(mint.ticket({ etype, part }));
  const sspi = mint.engine({ ccache, kerberos: { dangerouslyAllowRc4: true } });
  await using outbound = await Credential.acquire({
    package: 'Kerberos',
    use: 'outbound',
    identity: { kind: 'current' },
    sspi,
  });
  await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
  await using client = new ClientContext(outbound, { targetName: 'HTTP/localhost' });
  await using server = new ServerContext(inbound);
  const request = (await client.step()).token!;
  const reply = (await server.step(request)).token!;
  await client.step(reply);
  return [request, reply, await client.encrypt(Buffer.from('hello')), await server.encrypt(Buffer.from('and back'))];
}

describe('secur32 decode, Kerberos', () => {
  for (const etype of [17, 18, 19, 20, 23]) {
    it(`opens a logon with a keytab, from the ticket to the messages: etype ${etype}`, async () => {
      const mint = new Mint([etype]);
      const ring = new KeyRing(mint.keytab);
      const [request, reply, there, back] = (await exchange(mint, etype)).map(token => lines(token, ring)) as [
        string[],
        string[],
        string[],
        string[],
      ];
      has(
        request,
        'in the ticket:  (opened with the key of HTTP/localhost@TEST.EXAMPLE)',
        'client: alice@TEST.EXAMPLE (whom the KDC has logged on)',
        'client: alice@TEST.EXAMPLE (who speaks)',
        'AD-CLIENT-TARGET: HTTP/localhost (the service that the client meant)',
        /^flags: MUTUAL .*CONFIDENTIALITY INTEGRITY \(what the client asks for\)$/,
      );
      has(reply, /^time: 2027-01-15T08:00:00Z \(and \d+ microseconds: the client's/);
      has(there, /^message: "hello" \(opened with the \w+'s subkey\)$/);
      has(back, /^message: "and back"/);
    });
  }

  it('shows no key', async () => {
    const mint = new Mint();
    const ring = new KeyRing(mint.keytab);
    const shown = (await exchange(mint, 18)).map(token => JSON.stringify(read(token, ring))).join();
    mint.key().value.use(bytes => assert.ok(!shown.includes(encodeHex(bytes))));
    assert.match(shown, /aes256-cts-hmac-sha1-96, 32 bytes/);
  });

  it('shows the PAC of a ticket with SIDs, and says whether its signature is good', async () => {
    const mint = new Mint();
    const parts = [...sampleParts(), clientInfo('alice', NOW - 3_600_000)];
    const good = inTicket(signPac(parts, mint.key()));
    const forged = inTicket(signPac(parts, new Mint().key()));
    const ring = new KeyRing(mint.keytab);
    const ticketOf = (authorizationData: typeof good) => mint.ticket({ part: { authorizationData } }).ticket.encoding;
    has(
      lines(ticketOf(good), ring),
      'account: lzhu (Liqiang(Larry) Zhu)',
      "SID: S-1-5-21-397955417-626881126-188441444-2914711 (the user's)",
      ': S-1-5-21-397955417-626881126-188441444-513 (Domain Users)',
      'server: NTDEV-DC-05 (the domain controller)',
      'password expires: 2006-05-27T10:44:54.837Z',
      'verdict: good (the PAC is as the KDC made it)',
    );
    has(lines(ticketOf(forged), ring), /^!: the PAC of the ticket is not signed with the key of this service/);
    has(lines(decodeHex(sample.authorizationData).subarray(0)), 'account: lzhu (Liqiang(Larry) Zhu)');
    has(lines(Uint8Array.from(findPac([{ type: 1, data: decodeHex(sample.authorizationData) }])!)), /^account: lzhu/);
  });

  it('says why a keytab does not open a ticket', () => {
    const mint = new Mint([17, 18]);
    const ring = new KeyRing(mint.keytab);
    const problem = (options: Parameters<Mint['ticket']>[0]): string =>
      lines(mint.ticket(options).ticket.encoding, ring).find(line => line.startsWith('!')) ?? '';
    const other = new Mint().key();
    assert.match(
      problem({ kvno: 4, key: other }),
      /keytab has version 3 .* encrypted with version 4 \(Make the keytab/,
    );
    assert.match(problem({ key: other }), /^!: the key of HTTP\/localhost@TEST\.EXAMPLE does not open the ticket/);
    const wanted = { ...HTTP, name: { type: 2, components: ['ldap', 'localhost'] } };
    assert.match(problem({ key: other, sname: wanted }), /keytab has no key that opens a ticket for ldap\/localhost/);
    assert.match(
      problem({ key: new Mint([20]).key(20), etype: 20, sessionEtype: 18 }),
      /no aes256-cts-hmac-sha384-192 key .*Its keys are of/,
    );
  });

  it('shows the cookies of SASL GSSAPI, which are messages of the context', async () => {
    const mint = new Mint();
    const imap = mint.ticket();
    const sspi = mint.engine({ ccache: mint.ccache(imap) });
    await using outbound = await Credential.acquire({
      package: 'Kerberos',
      use: 'outbound',
      identity: { kind: 'current' },
      sspi,
    });
    await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
    const names = { mechanism: 'GSSAPI', service: 'HTTP', host: 'localhost' };
    await using client = await SaslClient.create({ ...names, credential: outbound });
    await using server = await SaslServer.create({ ...names, credential: inbound });
    const ring = new KeyRing(mint.keytab);
    const shown: string[][] = [];
    let token: Uint8Array | undefined = (await client.step()).token;
    for (const side of [server, client, server, client, server]) {
      if (token?.length) shown.push(lines(token, ring));
      token = (await side.step(token ?? new Uint8Array(0))).token;
    }
    assert.equal(shown.length, 4);
    has(shown[2]!, /^as a cookie: layers none, integrity, confidentiality; \d+ bytes at once/);
    has(shown[3]!, /^as a cookie: layers confidentiality; \d+ bytes at once/);
  });

  it('explains a KRB-ERROR, with the clocks and what Windows adds', () => {
    const status = new ByteWriter(12).u32le(0xc0000072).u32le(0).u32le(1).toBytes();
    const common = { stime: NOW, susec: 0, realm: HTTP.realm, sname: HTTP.name };
    const disabled = encodeKrbError({
      ...common,
      errorCode: 18,
      ctime: NOW - 400_000,
      cname: CLIENT.name,
      crealm: CLIENT.realm,
      eData: encodeKerbErrorData({ type: 3, value: status }),
    });
    has(
      lines(disabled),
      'error: KDC_ERR_CLIENT_REVOKED (18: the account is locked or disabled)',
      "client time: 2027-01-15T07:53:20Z (the server's clock is 400 seconds ahead)",
      'NTSTATUS: 0xc0000072 (STATUS_ACCOUNT_DISABLED)',
    );
    const skew = encodeKrbError({ ...common, errorCode: 37, eData: encodeKerbErrorData({ type: 2 }) });
    has(lines(skew), 'SKEW_RECOVERY:  (the client may go by the time of the server)');
  });

  it('knows messages with a length before them, and those for a KDC proxy', () => {
    const bare = decodeHex(messages['krbError']!);
    const framed = new ByteWriter().u32be(bare.length).bytes(bare).toBytes();
    assert.equal(read(framed).name, 'Kerberos KRB-ERROR, with its length before it');
    const proxied = encodeKdcProxyMessage({ kerbMessage: framed, targetDomain: 'TEST.EXAMPLE' });
    const { fields, gist, name } = read(proxied);
    assert.deepEqual([name, gist], ['Kerberos KDC proxy message', 'Kerberos KRB-ERROR']);
    has(flat(fields), 'realm: TEST.EXAMPLE (whose KDC is meant)', /^error: KRB_ERR_GENERIC/);
  });

  it('knows what comes of a change of a password', () => {
    const error = decodeHex(messages['krbError']!);
    const refusal = new ByteWriter()
      .u16be(6 + error.length)
      .u16be(1)
      .u16be(0)
      .bytes(error)
      .toBytes();
    const { fields, name } = read(refusal);
    assert.equal(name, 'Kerberos password reply');
    has(flat(fields), 'version: 0x1 (change of a password)', /^error: KRB_ERR_GENERIC/);
    const reply = decodeHex(messages['apRep']!);
    const accepted = new ByteWriter()
      .u16be(6 + reply.length)
      .u16be(0xff80)
      .u16be(reply.length)
      .bytes(reply)
      .toBytes();
    has(lines(accepted), 'version: 0xff80 (setting of a password)', /^reply: /);
  });

  it('tells PA-DATA from KERB-ERROR-DATA, which has the same encoding', () => {
    const common = { stime: NOW, susec: 0, realm: HTTP.realm, sname: HTTP.name, errorCode: 52 };
    const eData = encodeMethodData([
      { type: 19, value: encodeEtypeInfo2([{ etype: 18, salt: Buffer.from('Xalice') }]) },
    ]);
    has(lines(encodeKrbError({ ...common, eData })), 'aes256-cts-hmac-sha1-96: salt "Xalice"');
  });

  it("reads MIT's reference encodings", () => {
    const names = {
      ticket: 'Ticket',
      apRep: 'AP-REP',
      encApRepPart: 'EncAPRepPart',
      authenticator: 'Authenticator',
      krbSafe: 'KRB-SAFE',
    };
    for (const [key, name] of Object.entries(names)) {
      const { fields, name: found } = read(decodeHex(messages[key]!));
      assert.equal(found, `Kerberos ${name}`);
      assert.deepEqual(
        flat(fields).filter(line => line.startsWith('!')),
        [],
      );
    }
  });

  it('takes --keytab, and says so where it cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secur32-'));
    try {
      const mint = new Mint();
      const keytab = join(folder, 'a.keytab');
      writeFileSync(keytab, mint.keytab.toBytes());
      const [request] = await exchange(mint, 18);
      const header = `Authorization: Negotiate ${Buffer.from(request!).toString('base64')}`;
      const { code, stdout } = await runCli(['decode', '--keytab', keytab, header]);
      assert.equal(code, 0);
      assert.match(stdout, /^ {4}in the ticket {2}opened with the key of HTTP\/localhost@TEST\.EXAMPLE$/m);
      assert.ok(stdout.split('\n').every(line => line.length <= 100));
      const missing = await runCli(['decode', '--keytab', join(folder, 'none'), header]);
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /^secur32: the keytab .* cannot be read: ENOENT.*\(SEC_E_NO_CREDENTIALS\)\n {2}\S/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('never throws', () => {
    const mint = new Mint();
    const ring = () => new KeyRing(mint.keytab);

    it('whatever stands in a message of any kind, or becomes of it', () => {
      for (const { encode, values } of CODECS) {
        const changed = fc.tuple(values, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 }), fc.nat(400));
        fc.assert(
          fc.property(changed, ([value, edits, cut]) => {
            const bytes = Uint8Array.from(encode(value as never));
            void recognizeToken(bytes, ring());
            const copy = bytes.slice(0, Math.max(1, bytes.length - (cut % bytes.length)));
            for (const [at, octet] of edits) copy[at % copy.length] = octet;
            void recognizeToken(copy, ring());
          }),
          { numRuns: 60 },
        );
      }
    });

    it('whatever is in a ticket that opens', () => {
      const data = fc.array(
        fc.record({ type: fc.constantFrom(1, 8, 128, 141, 143, 144, 7), data: fc.uint8Array({ maxLength: 80 }) }),
        { maxLength: 4 },
      );
      const pac = Uint8Array.from(findPac([{ type: 1, data: decodeHex(sample.authorizationData) }])!);
      const brokenPac = fc.array(fc.tuple(fc.nat(pac.length - 1), fc.nat(255)), { maxLength: 5 }).map(edits => {
        const copy = Uint8Array.from(pac);
        for (const [at, octet] of edits) copy[at] = octet;
        return inTicket(copy);
      });
      fc.assert(
        fc.property(fc.oneof(data, brokenPac), authorizationData => {
          void recognizeToken(mint.ticket({ part: { authorizationData } }).ticket.encoding, ring());
        }),
        { numRuns: 300 },
      );
    });

    it('however deep it is nested', () => {
      let bytes = encodeAuthorizationData([]);
      for (let depth = 0; depth < 60; depth++) bytes = encodeAuthorizationData([{ type: 1, data: bytes }]);
      has(lines(bytes), '!: there is more, which is not shown');
    });
  });
});
