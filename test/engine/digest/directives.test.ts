import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Directive,
  DirectiveWriter,
  findDirective,
  isQuotable,
  isToken,
  parseDirectives,
  quoteString,
} from '#dist/engine/digest/directives.js';
import { SEC_E } from '#dist/sspi/status.js';

const INVALID = { status: SEC_E.INVALID_TOKEN };

/** Name, value, and `"` where it was quoted. */
function parsed(text: string): string[] {
  return parseDirectives(text).map(({ name, value, quoted }) => `${name}=${quoted ? '"' : ''}${value}`);
}

describe('the scanner of directives', () => {
  const accepted: [what: string, text: string, directives: string[]][] = [
    ['nothing', '', []],
    ['empty elements only', ' , ,,\t,\r\n ', []],
    ['a token', 'qop=auth', ['qop=auth']],
    ['a quoted string', 'realm="a b"', ['realm="a b']],
    ['an empty quoted string', 'realm=""', ['realm="']],
    ['several in their order', 'b=2,a="1",b=3', ['b=2', 'a="1', 'b=3']],
    ['empty elements between and around', ',a=1,, ,b=2,', ['a=1', 'b=2']],
    ['white space between all parts', ' a \t=\r\n 1 , b= "2" ', ['a=1', 'b="2']],
    ['a trailing line break', 'a=1\r\n', ['a=1']],
    ['names in any case', 'NONCE=x,Digest-URI="y"', ['nonce=x', 'digest-uri="y']],
    ['a comma in a quoted string', 'qop="auth,auth-int",x=y', ['qop="auth,auth-int', 'x=y']],
    ['an equals sign in a quoted string', 'a="b=c"', ['a="b=c']],
    ['an escaped quote', 'a="b\\"c"', ['a="b"c']],
    ['an escaped backslash', 'a="b\\\\c"', ['a="b\\c']],
    ['an escaped letter', 'a="\\b\\c"', ['a="bc']],
    ['an escaped quote at either end', 'a="\\"b\\""', ['a=""b"']],
    ['a tab in a quoted string', 'a="b\tc"', ['a="b\tc']],
    ['bytes above 0x7f in a quoted string', 'a="j\xc3\xbcrgen\xff"', ['a="j\xc3\xbcrgen\xff']],
    ['all characters of a token', "a=!#$%&'*+-.^_`|~09azAZ", ["a=!#$%&'*+-.^_`|~09azAZ"]],
  ];
  for (const [what, text, directives] of accepted) {
    it(`takes ${what}`, () => assert.deepEqual(parsed(text), directives));
  }

  const refused: [what: string, text: string][] = [
    ['a name alone', 'realm'],
    ['a name and an equals sign', 'realm='],
    ['an equals sign alone', '=x'],
    ['no comma between two', 'a=1 b=2'],
    ['something behind a quoted string', 'a="1"b'],
    ['a quoted string without end', 'a="1'],
    ['a quoted string that ends in a backslash', 'a="1\\'],
    ['a quoted string of which the end is escaped', 'a="1\\"'],
    ['a NUL in a quoted string', 'a="b\0c"'],
    ['an escaped NUL', 'a="b\\\0c"'],
    ['a line break in a quoted string', 'a="b\nc"'],
    ['a carriage return in a quoted string', 'a="b\rc"'],
    ['DEL in a quoted string', 'a="b\x7fc"'],
    ['a NUL between directives', 'a=1\0,b=2'],
    ['a vertical tab as white space', 'a=1,\x0bb=2'],
    ['a byte above 0x7f in a token', 'a=\xfc'],
    ['a byte above 0x7f in a name', '\xfc=1'],
    ['a separator in a token', 'a=b;c'],
    ['a quote in a token', 'a=b"c'],
    ['a quoted name', '"a"=b'],
    ['a character that is no byte', 'a="\u0100"'],
    ['a character that is no byte, escaped', 'a="\\\u2028"'],
    ['a semicolon as separator', 'a=1;b=2'],
  ];
  for (const [what, text] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => parseDirectives(text), INVALID));
  }

  it('keeps what stood between the quotes', () => {
    const [directive] = parseDirectives('username="EXAMPLE\\alice\\"s"');
    assert.deepEqual(directive, {
      name: 'username',
      value: 'EXAMPLEalice"s',
      quoted: true,
      raw: 'EXAMPLE\\alice\\"s',
    });
  });

  it('refuses text and lists past their limits, and takes them up to there', () => {
    assert.equal(parseDirectives(`a="${'x'.repeat(8188)}"`).length, 1);
    assert.throws(() => parseDirectives(`a="${'x'.repeat(8189)}"`), INVALID);
    assert.throws(() => parseDirectives('a=1', { maxLength: 2 }), INVALID);
    assert.equal(parseDirectives('a=1,'.repeat(64)).length, 64);
    assert.throws(() => parseDirectives('a=1,'.repeat(65)), INVALID);
    assert.throws(() => parseDirectives('a=1,b=2', { maxCount: 1 }), INVALID);
  });

  it('finds the one directive of a name and refuses two', () => {
    const directives = parseDirectives('nonce=a,cnonce=b,NONCE2=c,nonce2=d');
    assert.equal(findDirective(directives, 'nonce')?.value, 'a');
    assert.equal(findDirective(directives, 'qop'), undefined);
    assert.throws(() => findDirective(directives, 'nonce2'), INVALID);
  });

  it('refuses or reads any text, and throws nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a="\\, \t\r\n\0;\xff\u0100'), maxLength: 40 });
    fc.assert(
      fc.property(text, value => {
        try {
          parseDirectives(value);
        } catch (error) {
          assert.equal((error as { status?: number }).status, SEC_E.INVALID_TOKEN);
        }
      }),
    );
  });
});

describe('DirectiveWriter', () => {
  it('writes tokens and quoted strings with commas between them', () => {
    const writer = new DirectiveWriter().token('nc', '00000001').quoted('realm', 'a "b" \\c').token('qop', 'auth');
    assert.equal(writer.toString(), 'nc=00000001,realm="a \\"b\\" \\\\c",qop=auth');
    assert.equal(new DirectiveWriter(', ').token('a', 'b').token('c', 'd').toString(), 'a=b, c=d');
    assert.equal(new DirectiveWriter().toString(), '');
  });

  it('writes one byte for each character', () => {
    const bytes = new DirectiveWriter().quoted('username', 'j\xc3\xbcrgen').toBytes();
    assert.deepEqual(bytes, new Uint8Array(Buffer.from('username="jürgen"')));
  });

  it('refuses what it cannot write', () => {
    const writer = new DirectiveWriter();
    for (const value of ['', 'a b', 'a"', 'a,b', '\xfc', '\0'])
      assert.throws(() => writer.token('a', value), RangeError);
    for (const value of ['\0', 'a\nb', '\x7f', '\u0100']) assert.throws(() => writer.quoted('a', value), RangeError);
    assert.equal(writer.toString(), '');
  });

  it('writes what the scanner reads', () => {
    const value = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map(code => String.fromCharCode(code)) });
    const name = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-'), minLength: 1, maxLength: 12 });
    const list = fc.array(fc.tuple(name, value.filter(isQuotable), fc.boolean()), { maxLength: 20 });
    fc.assert(
      fc.property(list, directives => {
        const writer = new DirectiveWriter();
        for (const [key, text, asToken] of directives) {
          if (asToken && isToken(text)) writer.token(key, text);
          else writer.quoted(key, text);
        }
        const read = parseDirectives(writer.toString());
        assert.deepEqual(
          read.map(({ name: key, value: text, quoted }: Directive) => [key, text, quoted]),
          directives.map(([key, text, asToken]) => [key, text, !(asToken && isToken(text))]),
        );
      }),
    );
  });

  it('agrees with itself on what can be quoted', () => {
    for (let code = 0; code < 0x180; code++) {
      const character = String.fromCharCode(code);
      if (isQuotable(character)) assert.equal(parseDirectives(`a=${quoteString(character)}`)[0]?.value, character);
      else assert.throws(() => quoteString(character), RangeError);
    }
  });
});
