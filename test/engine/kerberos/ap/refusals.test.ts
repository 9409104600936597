import assert from 'node:assert/strict';
import type { EngineOptions } from 'secur32/engine';
import { ISC_REQ } from 'secur32/raw';
import { encodeGssToken, GSS_TOKEN, KERBEROS_OIDS } from '#dist/engine/kerberos/ap/gss-token.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import { encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { Side } from '../../../interop/kerberos/side.js';
import { apRequest, type RequestArguments, refusal } from './by-hand.js';
import { CLIENT, HTTP, Mint, NOW } from './mint.js';

const mint = new Mint();
const MINUTE = 60_000;
const otherKey = mint.kdc.newKey(mint.key().type);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const request = (...args: RequestArguments): Uint8Array => apRequest(mint, ...args);

describe('Kerberos servers, and what they say to whom they refuse', () => {
  const open: Side[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function server(options: EngineOptions = {}): Promise<Side> {
    const made = await Side.open(mint.engine(options), 'server');
    open.push(made);
    return made;
  }

  async function client(credentials: Credentials): Promise<Side> {
    const authData = { kind: 'ccache', ccache: mint.ccache(credentials) } as const;
    const made = await Side.open(mint.engine(), 'client', { authData, contextReq: ISC_REQ.MUTUAL_AUTH });
    open.push(made);
    return made;
  }

  it('realms on the way pass where krb5.conf names each of them, and no other', async () => {
    const conf = `[capaths]\n${CLIENT.realm} = {\n${HTTP.realm} = MID.EXAMPLE\n}\n`;
    const engine = { krb5Config: '/c', environment: { readFile: async () => text(conf) } };
    const part = { transited: { type: 1, contents: text('MID.EXAMPLE') } };
    assert.ok((await (await server(engine)).step(request({ part }))).done);
    const more = { transited: { type: 1, contents: text('MID.EXAMPLE,EVIL.EXAMPLE') } };
    assert.equal((await refusal((await server(engine)).step(request({ part: more })))).code, 'SEC_E_LOGON_DENIED');
  });

  it('an initiator that wants the server to reach the KDC for it (IAKERB) hears that it does not', async () => {
    const token = encodeGssToken(GSS_TOKEN.AP_REQ, new Uint8Array(9), KERBEROS_OIDS.IAKERB);
    const error = await refusal((await server()).step(token));
    assert.equal(error.code, 'SEC_E_UNSUPPORTED_FUNCTION');
    assert.match(error.message, /IAKERB/);
  });

  it('nothing is said that would be more than a line of a log, whatever the client calls itself and the service', async () => {
    const evil = `${'x'.repeat(20_000)}`;
    const names = ['\r\nroot logged on', '\u001b[2Jx', '\u202egnp.exe', evil, '\u0085\u2028'];
    for (const name of names) {
      const sname = { ...HTTP, name: { type: 2, components: ['HTTP', name] } };
      const cname = { type: 1, components: [name] };
      const denied = encodeKrbError({
        stime: NOW,
        susec: 0,
        errorCode: 41,
        realm: name,
        sname: sname.name,
        eText: name,
      });
      const ours = await client(mint.ticket());
      await ours.step();
      for (const error of [
        await refusal((await server()).step(request({ key: otherKey, sname }))),
        await refusal((await server()).step(request({ part: { cname } }))),
        await refusal(ours.step(encodeGssToken(GSS_TOKEN.KRB_ERROR, denied))),
      ]) {
        const said = `${error.message}${error.hint}`;
        assert.ok(said.length < 5000, String(said.length));
        assert.doesNotMatch(said, /[\p{Cc}\u2028\u202e]/u);
      }
    }
  });

  it('what a person can do is said with each', async () => {
    const otherName = { ...HTTP, name: { type: 2, components: ['HTTP', 'www.other.example'] } };
    for (const [token, message, hint] of [
      [request({ key: otherKey, kvno: 4 }), /has version 3 .* encrypted with version 4/, /Make the keytab anew/],
      [
        request({ etype: 20, key: otherKey }),
        /no aes256-cts-hmac-sha384-192 key/,
        /aes256-cts-hmac-sha1-96.*: add one/,
      ],
      [request({ key: otherKey, sname: otherName }), /www\.other\.example/, /Add .* to the keytab.*HTTP\/localhost/],
      [request({ key: otherKey }), /does not open the ticket/, /setspn -X/],
      [request({}, {}, { ...mint.ticket(), clockOffset: 6 * MINUTE }), /360 seconds ahead/, /NTP/],
      [request({ part: { endtime: NOW - 6 * MINUTE } }), /expired/, /until 2027/],
    ] as const) {
      const error = await refusal((await server()).step(token));
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
    }
  });
});
