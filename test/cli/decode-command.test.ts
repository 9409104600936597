import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex } from '#dist/bytes/hex.js';
import type { TokenField } from '#dist/cli/decode/decoded-token.js';
import { recognizeToken } from '#dist/cli/decode/recognize.js';
import { visible } from '#dist/cli/decode/render-tree.js';
import { readTokenText } from '#dist/cli/decode/token-input.js';
import { readVectors } from '../vectors/read-vectors.js';
import { runCli } from './run-cli.js';

interface Exchange {
  readonly name: string;
  readonly password: string;
  readonly tokens: readonly string[];
}

const { exchanges } = readVectors<{ exchanges: readonly Exchange[] }>('spnego');
const [first] = exchanges;
const tokens = first!.tokens;
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** [MS-NLMP] 4.2.2.3, an AUTHENTICATE with NTLMv1, and 4.2.2.2, its CHALLENGE. */
const V1_CHALLENGE =
  '4e544c4d53535000020000000c000c0038000000338202e20123456789abcdef00000000000000000000000000000000060070170000000f530065007200760065007200';
const V1_AUTHENTICATE =
  '4e544c4d5353500003000000180018006c00000018001800840000000c000c00480000000800080054000000100010005c000000100010009c000000358280e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d005000550054004500520098def7b87f88aa5dafe2df779688a172def11c7d5ccdef1367c43011f30298a2ad35ece64f16331c44bdbed927841f94518822b1b3f350c8958682ecbb3e3cb7';
/** [MS-NEGOEX] 4. */
const NEGOEX =
  '4e45474f4558545300000000000000006000000070000000' +
  '3691b812168cbad4f67c3b24f06935c7f11e9e45678922838ae1f2232fdbdb12dcbe229f8c3f58694de60a4f5a828ef4' +
  '0000000000000000600000000100000000000000000000005c33530deaf90d4db2ec4ae3786ec308';
/** A Kerberos AP-REQ in GSS-API's frame, with little in it. */
const AP_REQ = '602006092a864886f71201020201006e11300fa003020105a10302010ea203030100';

interface Json {
  readonly tokens: readonly {
    readonly bytes?: string;
    readonly name?: string;
    readonly fields?: readonly TokenField[];
  }[];
  readonly findings: readonly { readonly what: string; readonly verdict: string; readonly text: string }[];
}

async function decode(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runCli(['decode', ...args]);
}

async function decodeJson(...args: string[]): Promise<Json & { code: number | null }> {
  const { code, stdout, stderr } = await decode('--json', ...args);
  assert.equal(stderr, '');
  return { code, ...(JSON.parse(stdout) as Json) };
}

describe('secur32 decode', () => {
  it('shows a logon with NTLM in SPNEGO as a tree, with the names of flags', async () => {
    const { code, stdout } = await decode(...tokens);
    assert.equal(code, 0);
    for (const line of [
      /^SPNEGO NegTokenInit, 74 bytes: NTLM$/m,
      /^ {2}mechToken {3}NTLM NEGOTIATE, 40 bytes$/m,
      /UNICODE OEM REQUEST_TARGET SIGN SEAL NTLM/,
      /^ {2}token {6}NTLM CHALLENGE, 138 bytes {2}TESTDOM$/m,
      /^ {6}MsvAvTimestamp {8}2026-11-20T17:04:07\.898Z/m,
      /^ {2}token {8}NTLM AUTHENTICATE, 290 bytes {2}TESTDOM\\alice$/m,
      /^ {6}MsvAvTargetName {7}HTTP\/localhost/m,
      /^ {2}mechListMIC {2}01000000e751b5c7622b319b00000000/m,
    ]) {
      assert.match(stdout, line);
    }
    assert.ok(stdout.split('\n').every(line => line.length <= 100));
  });

  for (const { name, password, tokens: logon } of exchanges) {
    it(`checks a whole logon with a password: ${name}`, async () => {
      const { code, findings } = await decodeJson('--password', password, ...logon);
      assert.equal(code, 0);
      assert.deepEqual(
        findings.map(({ what, verdict }) => [what, verdict]),
        [
          ['NT response', 'good'],
          ['key exchange key', 'known'],
          ['session key', 'known'],
          ['MIC', 'good'],
          ['mechListMIC of the client', 'good'],
          ['mechListMIC of the server', 'good'],
        ],
      );
    });
  }

  it('notices a wrong password, and exits with 1', async () => {
    const { code, findings } = await decodeJson('--password', 'wrong', ...tokens);
    assert.deepEqual([code, findings.map(({ verdict }) => verdict)], [1, ['bad']]);
  });

  it('notices a message that was changed after it was sent', async () => {
    // A bit of the NEGOTIATE's version, and one of the list of mechanisms.
    const changed = [tokens[0]!.replace('060200000000000f', '060300000000000f'), ...tokens.slice(1)];
    const { code, findings } = await decodeJson('--password', 'pw-alice', ...changed);
    const verdicts = Object.fromEntries(findings.map(({ what, verdict }) => [what, verdict]));
    assert.deepEqual([code, verdicts['NT response'], verdicts['MIC']], [1, 'good', 'bad']);
    const list = [tokens[0]!.replace('3702020a', '3702020b'), ...tokens.slice(1)];
    const relisted = await decodeJson('--password', 'pw-alice', ...list);
    assert.deepEqual(
      relisted.findings.filter(({ verdict }) => verdict === 'bad').map(({ what }) => what),
      ['mechListMIC of the client', 'mechListMIC of the server'],
    );
  });

  it('says what it would need for a check', async () => {
    const { code, findings } = await decodeJson('--password', 'pw-alice', tokens[2]!);
    assert.deepEqual([code, findings.map(({ verdict }) => verdict)], [0, ['open']]);
    const without = await decodeJson('--password', 'pw-alice', ...tokens.slice(1));
    assert.deepEqual(
      without.findings.map(({ verdict }) => verdict),
      ['good', 'known', 'known', 'open', 'open', 'open'],
    );
  });

  it('decrypts the session key of [MS-NLMP] 4.2.2 with the NT hash', async () => {
    const { code, findings } = await decodeJson(
      '--nt-hash',
      'a4f49c406510bdcab6824ee7c30fd852',
      V1_CHALLENGE,
      V1_AUTHENTICATE,
    );
    assert.equal(code, 0);
    const texts = Object.fromEntries(findings.map(({ what, text }) => [what, text]));
    assert.equal(texts['key exchange key'], 'd87262b0cde4b1cb7499becccdf10784');
    assert.equal(texts['session key'], '55'.repeat(16));
  });

  describe('takes a token', () => {
    const token = tokens[0]!;
    for (const [what, text] of [
      ['in base64', base64(token)],
      ['in base64 without padding', base64(token).replace(/=+$/, '')],
      ['in the base64 of URLs', Buffer.from(token, 'hex').toString('base64url')],
      ['in base64 over several lines', base64(token).replace(/(.{20})/g, '$1\n')],
      ['in hexadecimal', token],
      ['in upper-case hexadecimal with colons', token.toUpperCase().replace(/(..)(?=.)/g, '$1:')],
      ['in hexadecimal behind 0x', `0x${token}`],
      ['in a header', `Authorization: Negotiate ${base64(token)}`],
      ['in a header of a proxy', `proxy-authenticate: NEGOTIATE ${base64(token)}`],
      ['behind the name of a scheme', `Negotiate ${base64(token)}`],
      ['behind the + of IMAP', `+ ${base64(token)}`],
      ['behind the 334 of SMTP', `334 ${base64(token)}`],
    ] as const) {
      it(what, () => assert.deepEqual(Buffer.from(readTokenText(text).bytes!).toString('hex'), token));
    }

    it('from standard input: lines, or bytes', async () => {
      const lines = await runCli(['decode', '-'], {}, `${base64(token)}\r\n\n${tokens[1]}\n`);
      assert.match(lines.stdout, /^SPNEGO NegTokenInit[\s\S]*^SPNEGO NegTokenResp/m);
      const raw = await runCli(['decode', '-'], {}, decodeHex(token));
      assert.match(raw.stdout, /^SPNEGO NegTokenInit/);
    });
  });

  describe('recognizes', () => {
    for (const [what, text, line] of [
      ['bare NTLM', V1_AUTHENTICATE, /^NTLM AUTHENTICATE, 172 bytes: Domain\\User\n/],
      ['NTLM in a header', `NTLM ${base64(V1_CHALLENGE)}`, /^NTLM CHALLENGE, 68 bytes: Server\n/],
      ['NEGOEX', NEGOEX, /^NEGOEX, 112 bytes: INITIATOR_NEGO\n {2}INITIATOR_NEGO {2}message 0, 112 bytes\n/],
      [
        'Kerberos that is cut off, as far as it goes',
        AP_REQ,
        /^GSS-API token of Kerberos V5, 34 bytes: AP-REQ\n {2}mechanism {2}Kerberos V5 .*\n {2}AP-REQ\n {4}! .*malformed: .*\n {4}SEQUENCE\n/,
      ],
      [
        'a bare Kerberos message',
        AP_REQ.slice(30),
        /^Kerberos AP-REQ, 19 bytes\n {2}! .*malformed: .*\n {2}SEQUENCE\n {4}\[0\]\n {6}INTEGER {2}5\n/,
      ],
      [
        'DIGEST-MD5',
        base64(Buffer.from('realm="x",nonce="y",qop="auth",algorithm=md5-sess').toString('hex')),
        /^challenge, 49 bytes/,
      ],
      ['the text of DIGEST-MD5', 'realm="x",nonce="y"', /^challenge, 19 bytes/],
      ['HTTP Digest', 'WWW-Authenticate: Digest realm="x", nonce="y"', /^HTTP Digest challenge, 20 bytes/],
      ['a scheme without a token', 'WWW-Authenticate: Negotiate', /^negotiate, without a token/],
      ['other DER', '3006020105040101', /^DER, 8 bytes\n {2}INTEGER +5\n {2}OCTET STRING +01\n/],
    ] as const) {
      it(what, async () => {
        const { code, stdout } = await decode(text);
        assert.match(stdout, line);
        assert.equal(code, 0);
      });
    }
  });

  it('says what it does not know, shows the bytes, and exits with 1', async () => {
    const { code, stdout } = await decode('00ff00ff');
    assert.equal(
      stdout,
      'no token that is known here, 4 bytes\n  0000  00 ff 00 ff                                      ····\n',
    );
    assert.equal(code, 1);
    const text = await decode('what is this?');
    assert.deepEqual([text.code, text.stdout], [1, 'this is neither base64 nor hexadecimal\n']);
  });

  it('says what is wrong with a broken one', async () => {
    const cut = await decode(tokens[1]!.slice(0, 100));
    assert.match(cut.stdout, /^SPNEGO, 50 bytes\n {2}! {2}\d+ bytes at offset \d+ do not fit/);
    const outside = V1_AUTHENTICATE.replace('0c000c0048000000', '0c000c0048ff0000');
    assert.match((await decode(outside)).stdout, /^ {2}domain +points behind the end of the message$/m);
    assert.match(
      (await decode(V1_AUTHENTICATE.slice(0, 100))).stdout,
      /^NTLM AUTHENTICATE, 50 bytes\n {2}! {2}it ends before its flags\n/,
    );
  });

  it('wants a token, and a hash of 32 digits', async () => {
    for (const args of [[], ['--nt-hash', 'abcd', tokens[0]!], ['--nt-hash', 'x'.repeat(32), tokens[0]!]]) {
      assert.equal((await decode(...args)).code, 2);
    }
  });

  it('shows no character that steers a terminal', async () => {
    assert.equal(
      visible('a\u001b[31mb\u009b\u202e\u2028\u00adü\u{1f600}'),
      'a\\u{1b}[31mb\\u{9b}\\u{202e}\\u{2028}\\u{ad}ü\u{1f600}',
    );
    // "Dom" + ESC in the domain of the AUTHENTICATE.
    const evil = V1_AUTHENTICATE.replace('44006f006d0061006900', '44006f006d001b006900');
    const { stdout } = await decode(evil);
    assert.ok(!stdout.includes('\u001b'));
    assert.match(stdout, /Dom\\u\{1b\}in/);
  });

  describe('never throws', () => {
    const all = [...tokens, ...exchanges[1]!.tokens, V1_CHALLENGE, V1_AUTHENTICATE, NEGOEX, AP_REQ].map(decodeHex);

    it('whatever the bytes', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), bytes => void recognizeToken(bytes)));
    });

    it('whatever becomes of a token', () => {
      const changed = fc
        .tuple(fc.constantFrom(...all), fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 6 }), fc.nat(500))
        .map(([token, edits, length]) => {
          const copy = Uint8Array.from(token.subarray(0, Math.max(9, token.length - (length % token.length))));
          for (const [at, value] of edits) copy[at % copy.length] = value;
          return copy;
        });
      fc.assert(
        fc.property(changed, bytes => void recognizeToken(bytes)),
        { numRuns: 3000 },
      );
    });

    it('whatever is pasted', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void readTokenText(text)));
    });
  });
});
