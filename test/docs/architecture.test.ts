import assert from 'node:assert/strict';
import { type ImportLine, readSources, type SourceFile, sourceFile } from './source-files.js';

/** What a room may import from: docs/architecture.md. `entry` is what stands in src itself: index.ts and raw.ts. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  sspi: ['bytes'],
  sasl: ['sspi', 'bytes'],
  native: ['sspi', 'bytes', 'sasl'],
  engine: ['sspi', 'bytes', 'sasl'],
  context: ['sspi', 'bytes'],
  entry: ['context', 'engine', 'sspi', 'bytes'],
  http: ['context', 'sspi', 'bytes'],
  ldap: ['context', 'sspi', 'bytes'],
  smtp: ['context', 'sspi', 'bytes'],
  tds: ['context', 'sspi', 'bytes'],
  mongodb: ['context', 'sspi', 'bytes'],
  cli: ['context', 'engine', 'sspi', 'bytes'],
};

/** The one place that knows both providers. */
const CHOOSER = 'sspi/select.ts';
const PROVIDERS = ['engine', 'native'];

/** Folders of src/engine that hold one package each; they meet in the registry only. */
const PACKAGES = ['digest', 'ntlm', 'negotiate', 'kerberos', 'schannel'];

/** The engine's only window: all that comes from outside comes through it. Sockets and the DNS have files of their own beside it. */
const WINDOW = 'engine/environment.ts';
const WINDOW_FOLDER = 'engine/environment/';
/** TLS is node:tls there, over wires in memory: no address is looked up and no socket opened. */
const TLS_FOLDER = 'engine/schannel/';
/** The wire in memory: a net.Socket that is never connected. */
const TLS_WIRE = 'engine/schannel/tls/memory-stream.ts';
const OUTSIDE_MODULES =
  /^(?:node:)?(?:fs|net|dns|os|tls|http|https|http2|dgram|child_process|process|timers|worker_threads)(?:\/|$)/;
const OUTSIDE_CODE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\bprocess\.|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b|\brandomBytes\b(?!\()|\brandomFill|\brandomUUID\b|\brandomInt\b|\bgetRandomValues\b/;

const MOST_LINES = 400;

describe('architecture', () => {
  const sources = readSources();
  const byPath = new Map(sources.map(source => [source.path, source]));

  it('has sources to look at, and every import within them leads to one', () => {
    assert.ok(sources.length > 50);
    for (const { path, imports } of sources) {
      for (const { target } of imports) {
        if (target !== undefined) assert.ok(byPath.has(target), `${path} imports ${target}, which is not there`);
      }
    }
  });

  it('lets arrows run one way only', () => {
    assert.deepEqual(sources.flatMap(wrongArrows), []);
  });

  it('keeps the packages of the engine apart', () => {
    assert.deepEqual(sources.flatMap(wrongNeighbours), []);
  });

  it('gives the engine and the SASL layer no way out but the environment', () => {
    assert.deepEqual(sources.flatMap(waysOut), []);
  });

  it('has no import cycle', () => {
    assert.deepEqual(findCycles(byPath), []);
  });

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES);
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    );
  });

  // Each rule has to see what it is there for: the same checks on files that break them.
  describe('sees what is wrong', () => {
    const complaints = (path: string, line: string, rule: (source: SourceFile) => string[]): number =>
      rule(sourceFile(path, `${line}\n`)).length;

    for (const [path, line] of [
      ['bytes/reader.ts', "import { SspiError } from '../sspi/error.js';"],
      ['sspi/error.ts', "import type { EngineOptions } from '../engine/options.js';"],
      ['sasl/profile.ts', "import { EngineCore } from '../engine/engine-core.js';"],
      ['engine/engine-core.ts', "export {\n  Credential,\n} from '../context/credential.js';"],
      ['context/credential.ts', "const engine = await import('../engine/create-engine.js');"],
      ['http/server.ts', "import '../ldap/client.js';"],
      ['newroom/file.ts', "import { SEC_E } from '../sspi/status.js';"],
    ] as const) {
      it(`an arrow the wrong way: ${path}`, () => assert.equal(complaints(path, line, wrongArrows), 1));
    }

    it('a package that knows another', () => {
      const line = "import { Ntlm } from '../ntlm/ntlm.js';";
      assert.equal(complaints('engine/negotiate/negotiate.ts', line, wrongNeighbours), 1);
      assert.equal(complaints('engine/create-engine.ts', "import { Ntlm } from './ntlm/ntlm.js';", wrongNeighbours), 0);
    });

    for (const line of [
      "import { readFile } from 'node:fs/promises';",
      "import { randomBytes } from 'node:crypto';",
      'const now = Date.now();',
      'const now = new Date();',
      "const path = process.env['KRB5_CONFIG'];",
      'setTimeout(expire, 1000);',
    ]) {
      it(`a way out: ${line}`, () => {
        assert.equal(complaints('engine/digest/nonce.ts', line, waysOut), 1);
        assert.equal(complaints(WINDOW, line, waysOut), 0);
        assert.equal(complaints('engine/digest/nonce.ts', `// ${line}`, waysOut), 0);
      });
    }

    it('TLS outside of its folder, and sockets within it', () => {
      const line = "import { connect } from 'node:tls';";
      assert.equal(complaints('engine/ntlm/ntlm.ts', line, waysOut), 1);
      assert.equal(complaints('engine/schannel/tls/tls-client.ts', line, waysOut), 0);
      assert.equal(complaints('engine/schannel/schannel.ts', "import { isIP } from 'node:net';", waysOut), 1);
      assert.equal(complaints(TLS_WIRE, "import { Socket } from 'node:net';", waysOut), 0);
      assert.equal(complaints(TLS_WIRE, "import { lookup } from 'node:dns';", waysOut), 1);
    });

    it('a cycle', () => {
      const pair = [
        sourceFile('a.ts', "import { b } from './b.js';\n"),
        sourceFile('b.ts', "import type { A } from './a.js';\n"),
      ];
      assert.equal(findCycles(new Map(pair.map(source => [source.path, source]))).length, 1);
    });
  });
});

function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : 'entry';
}

function wrongArrows({ path, imports }: SourceFile): string[] {
  const room = roomOf(path);
  const below = ROOMS[room] ?? [];
  return imports.flatMap(({ target }) => {
    if (target === undefined) return [];
    const other = roomOf(target);
    const allowed = other === room || below.includes(other) || (path === CHOOSER && PROVIDERS.includes(other));
    return allowed ? [] : [`${path} -> ${target}`];
  });
}

function wrongNeighbours({ path, imports }: SourceFile): string[] {
  const own = packageOf(path);
  if (own === undefined) return [];
  return imports.flatMap(({ target = '' }) => {
    const other = packageOf(target);
    return other === undefined || other === own ? [] : [`${path} -> ${target}`];
  });
}

function packageOf(path: string): string | undefined {
  const [room, folder = ''] = path.split('/');
  return room === 'engine' && PACKAGES.includes(folder) ? folder : undefined;
}

function waysOut({ path, code, imports }: SourceFile): string[] {
  if (path === WINDOW || path.startsWith(WINDOW_FOLDER) || !['engine', 'sasl'].includes(roomOf(path))) return [];
  const inMemory = ({ specifier }: ImportLine): boolean =>
    (path.startsWith(TLS_FOLDER) && specifier === 'node:tls') || (path === TLS_WIRE && specifier === 'node:net');
  const outside = (line: ImportLine): boolean => OUTSIDE_MODULES.test(line.specifier) && !inMemory(line);
  const modules = imports.filter(outside).map(({ specifier }) => `${path} imports ${specifier}`);
  const calls = code
    .split('\n')
    .flatMap((line, index) => (OUTSIDE_CODE.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
  return [...modules, ...calls];
}

/** Type imports count, too: files that need each other's types are one file in two. */
function findCycles(byPath: ReadonlyMap<string, SourceFile>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path);
    if (seen >= 0) {
      cycles.push([...trail.slice(seen), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined && !done.has(path)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path, []);
  return cycles;
}
