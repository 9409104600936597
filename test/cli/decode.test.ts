import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeToken } from '#dist/cli/decode/token-decoders.js';

const decode = (text: string) => decodeToken('DIGEST-MD5', Buffer.from(text, 'latin1'));

// RFC 2831 4, the IMAP example.
const CHALLENGE = 'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8';
const RESPONSE =
  'charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,' +
  'cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",' +
  'response=d388dad90d4bbd760a152321f2143af7,qop=auth';
const PROOF = 'rspauth=ea40f60335c427b5527b84dbabcdfffd';

describe('tokens for people', () => {
  for (const { name, token, gist, fields } of [
    { name: 'challenge', token: CHALLENGE, gist: 'auth', fields: ['realm', 'nonce', 'qop', 'algorithm', 'charset'] },
    {
      name: 'response',
      token: RESPONSE,
      gist: 'chris, auth',
      fields: ['charset', 'username', 'realm', 'nonce', 'nc', 'cnonce', 'digest-uri', 'response', 'qop'],
    },
    { name: 'proof', token: PROOF, gist: undefined, fields: ['rspauth'] },
  ]) {
    it(`takes the ${name} of RFC 2831 apart, in its order, with a word on each part`, () => {
      const decoded = decode(token);
      assert.deepEqual([decoded.name, decoded.gist], [name, gist]);
      assert.deepEqual(
        decoded.fields.map(field => field.name),
        fields,
      );
      for (const { name: field, value, meaning } of decoded.fields) {
        assert.match(token, new RegExp(`${field}="?${value}"?`));
        assert.ok(meaning.length > 5 && meaning.length < 50 && !meaning.startsWith('not part'), meaning);
      }
    });
  }

  it('says of a directive that RFC 2831 does not have that it is none', () => {
    assert.equal(decode('nonce="a",colour=blue').fields[1]?.meaning, 'not part of RFC 2831');
  });

  it('reads names in UTF-8 and in ISO 8859-1', () => {
    const username = (bytes: Buffer): string | undefined => {
      const token = Buffer.concat([Buffer.from('response=00,username="'), bytes, Buffer.from('"')]);
      return decodeToken('DIGEST-MD5', token).fields[1]?.value;
    };
    assert.equal(username(Buffer.from('jürgen', 'utf8')), 'jürgen');
    assert.equal(username(Buffer.from('jürgen', 'latin1')), 'jürgen');
  });

  it('calls what it does not know a token', () => {
    assert.deepEqual(decodeToken('X-UNKNOWN', Buffer.from('abc')), { name: 'token', fields: [] });
    assert.deepEqual(decode('not a digest message'), { name: 'token', fields: [] });
    assert.deepEqual(decode('colour=blue'), { name: 'token', fields: [] });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        assert.equal(typeof decodeToken('DIGEST-MD5', bytes).name, 'string');
      }),
    );
  });
});
