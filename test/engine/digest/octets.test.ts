import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashOctets, isAscii, utf8Octets, utf8Text } from '#dist/engine/digest/octets.js';

describe('octets', () => {
  const forms: [text: string, utf8: string, hashed: string][] = [
    ['alice', 'alice', 'alice'],
    ['jürgen', 'j\xc3\xbcrgen', 'j\xfcrgen'],
    ['иван', '\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd', '\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd'],
    ['jürgen€', 'j\xc3\xbcrgen\xe2\x82\xac', 'j\xc3\xbcrgen\xe2\x82\xac'],
    ['ÿ', '\xc3\xbf', '\xff'],
    ['Ā', '\xc4\x80', '\xc4\x80'],
    ['𝄞', '\xf0\x9d\x84\x9e', '\xf0\x9d\x84\x9e'],
    ['', '', ''],
  ];
  for (const [text, utf8, hashed] of forms) {
    it(`of ${JSON.stringify(text)}`, () => {
      assert.equal(utf8Octets(text), utf8);
      assert.equal(utf8Text(utf8), text);
      assert.equal(hashOctets(text), hashed);
    });
  }

  it('lead back to the text', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(text, value => utf8Text(utf8Octets(value)) === value));
  });

  it('are refused where they are no UTF-8', () => {
    for (const octets of ['\xfc', '\xc3', 'a\xc3\x28', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80']) {
      assert.throws(() => utf8Text(octets), { name: 'InvalidEncodingError' });
    }
    assert.throws(() => utf8Octets('\ud800'), { name: 'InvalidEncodingError' });
  });

  it('are the text itself in ASCII', () => {
    assert.equal(isAscii('\0a~\x7f'), true);
    assert.equal(isAscii('a\x80'), false);
  });
});
