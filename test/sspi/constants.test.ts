import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINGW_INCLUDE, PROJECT_ROOT } from '../peers/paths.js';
import { requirePeer } from '../peers/require-peer.js';
import { HeaderConstants } from './c-header.js';

interface Exceptions {
  /** Constants of ours that the headers lack. */
  readonly notInHeaders: readonly ExceptionGroup[];
  /** Macros of a covered prefix that are not among ours; a `*` stands for any rest. */
  readonly notHere: readonly ExceptionGroup[];
}

interface ExceptionGroup {
  readonly reason: string;
  readonly names: readonly string[];
}

/** Spaces that must be exported, so that a lost one cannot take its comparison with it. */
const REQUIRED_SPACES = [
  ...['SEC_E', 'SEC_I', 'CRYPT_E', 'CERT_E', 'TRUST_E', 'STATUS', 'ISC_REQ', 'ISC_RET', 'ASC_REQ', 'ASC_RET'],
  ...['SECBUFFER', 'SECPKG_ATTR', 'SECPKG_CRED_ATTR', 'SECPKG_FLAG', 'SECPKG_CRED', 'SECPKG_NEGOTIATION', 'SECQOP'],
  ...['SASL_OPTION', 'SASL_AUTHZID_STATE', 'DREP', 'SP_PROT', 'SCH_CRED', 'SCH', 'SCHANNEL', 'SSL_SESSION'],
];

const HEADER_FILES = ['sspi.h', 'schannel.h', 'winerror.h', 'ntstatus.h'];

describe('constants against the Windows headers of mingw-w64', () => {
  requirePeer('mingw-headers');

  const exceptions = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'test/sspi/header-exceptions.json'), 'utf8'),
  ) as Exceptions;
  const notInHeaders = exceptions.notInHeaders.flatMap(group => group.names);
  const notHere = exceptions.notHere.flatMap(group => group.names);
  const headers = new HeaderConstants();
  let ours: Map<string, number>;
  let spaces: Map<string, object>;

  before(async () => {
    for (const file of HEADER_FILES) headers.add(readFileSync(join(MINGW_INCLUDE, file), 'utf8'));
    ({ ours, spaces } = await exportedConstants());
  });

  it('finds the number spaces of the contract, frozen', () => {
    assert.equal(REQUIRED_SPACES.filter(space => !spaces.has(space)).join(), '');
    for (const [name, space] of spaces) assert.ok(Object.isFrozen(space), `${name} is not frozen`);
  });

  it('has every constant of ours in a header, with the same value', () => {
    const wrong = [...ours]
      .filter(([name]) => !notInHeaders.includes(name))
      .filter(([name, value]) => headers.value(name) !== value)
      .map(([name, value]) => `${name}: ${hex(value)} here, ${hex(headers.value(name))} in the headers`);
    assert.equal(wrong.join('\n'), '');
  });

  it('has every macro of the covered prefixes among ours', () => {
    const missing = headers
      .names()
      .filter(name => isCovered(name) && !ours.has(name) && !notHere.some(pattern => matches(pattern, name)))
      .map(name => `${name} = ${hex(headers.value(name))}`);
    assert.equal(missing.join('\n'), '');
  });

  it('compares at least one macro in each space', () => {
    const empty = REQUIRED_SPACES.filter(
      space => !headers.names().some(name => ours.has(name) && matches(macroName(space, '*'), name)),
    );
    assert.equal(empty.join('\n'), '');
  });

  it('has no exception without need and none without reason', () => {
    const unneeded = [
      ...notInHeaders.filter(name => !ours.has(name) || headers.value(name) !== undefined),
      ...notHere.filter(
        pattern => !headers.names().some(name => isCovered(name) && !ours.has(name) && matches(pattern, name)),
      ),
    ];
    assert.equal(unneeded.join('\n'), '');
    for (const group of [...exceptions.notInHeaders, ...exceptions.notHere]) assert.ok(group.reason.length > 10);
  });

  function isCovered(name: string): boolean {
    return [...spaces.keys()].some(space => matches(macroName(space, '*'), name));
  }
});

describe('the reader of C headers', () => {
  const headers = new HeaderConstants();
  headers.add(`
    #define PLAIN 0x10L            // a comment
    #define TYPED ((HRESULT)0x80090301L) /* another
      over two lines */
    #define WRAPPED _HRESULT_TYPEDEF_(0x80090302)
    #define ALIAS WRAPPED
    # define JOINED (PLAIN | \\
      0x0000000100000000)
    #define NEGATIVE (-2)
    #define TEXT L"text"
    #define CALL(x) (x)
    #define LOST UNKNOWN_NAME
    typedef enum _Kind {
      Kind_None, Kind_Some = 4,
      Kind_Next
    } Kind;
  `);

  for (const [name, value] of [
    ['PLAIN', 0x10],
    ['TYPED', 0x80090301],
    ['WRAPPED', 0x80090302],
    ['ALIAS', 0x80090302],
    ['JOINED', 0x100000010],
    ['NEGATIVE', 0xfffffffe],
    ['TEXT', undefined],
    ['CALL', undefined],
    ['LOST', undefined],
    ['Kind_None', 0],
    ['Kind_Some', 4],
    ['Kind_Next', 5],
  ] as const) {
    it(`reads ${name}`, () => assert.equal(headers.value(name), value));
  }

  it('refuses a macro with two meanings', () => {
    const twice = new HeaderConstants();
    twice.add('#define TWICE 1\n#define TWICE 2\n');
    assert.throws(() => twice.value('TWICE'), /several values/);
  });
});

/**
 * All exports of src/sspi in capitals that are numbers or objects of numbers, under the names that C gives them.
 * select.ts is left out: it has none, and loads the providers.
 */
async function exportedConstants(): Promise<{ ours: Map<string, number>; spaces: Map<string, object> }> {
  const ours = new Map<string, number>();
  const spaces = new Map<string, object>();
  const sources = readdirSync(join(PROJECT_ROOT, 'src/sspi'), { recursive: true, encoding: 'utf8' });
  for (const source of sources.filter(file => file.endsWith('.ts') && file !== 'select.ts')) {
    const specifier = `#dist/sspi/${source.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`;
    for (const [name, value] of Object.entries((await import(specifier)) as Record<string, unknown>)) {
      if (!/^[A-Z][A-Z\d_]*$/.test(name)) continue;
      if (typeof value === 'number') ours.set(name, value);
      else if (isSpace(value)) {
        spaces.set(name, value);
        for (const [key, member] of Object.entries(value)) ours.set(macroName(name, key), member);
      }
    }
  }
  return { ours, spaces };
}

function isSpace(value: unknown): value is Record<string, number> {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every(member => typeof member === 'number');
}

/** ISC_REQ.DELEGATE is ISC_REQ_DELEGATE in C; two spaces have names built otherwise. */
function macroName(space: string, key: string): string {
  if (space === 'DREP') return `SECURITY_${key}_DREP`;
  if (space === 'SASL_AUTHZID_STATE') return `Sasl_AuthZID${key[0]}${key.slice(1).toLowerCase()}`;
  return `${space}_${key}`;
}

/** Whether a name is the pattern, in which one `*` may stand for anything. */
function matches(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? name === pattern : name.startsWith(start) && name.endsWith(end);
}

function hex(value: number | undefined): string {
  return value === undefined ? 'no integer' : `0x${value.toString(16)}`;
}
