import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { listFiles, readProjectFile } from '../docs/source-files.js';
import { PROJECT_ROOT } from '../peers/paths.js';
import { exampleSnippets, markdownSnippets, type Snippet, SnippetFolder } from './snippets.js';

const DOCUMENTS = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...listFiles('docs', '.md'), 'bench/README.md'];

describe('the documents', () => {
  it('have snippets that compile', async () => {
    const snippets = DOCUMENTS.flatMap(markdownSnippets);
    assert.ok(snippets.length >= 5);
    assert.deepEqual(await compileAll('documents', snippets), []);
  });

  it('have links that lead somewhere', () => {
    const broken = DOCUMENTS.flatMap(path => brokenLinks(path, readProjectFile(path)));
    assert.deepEqual(broken, []);
    assert.deepEqual(brokenLinks('README.md', '[a](no-such-file.md) [b](#no-such-heading) [c](LICENSE)'), [
      'README.md: no-such-file.md',
      'README.md: #no-such-heading',
    ]);
  });
});

describe('the examples of the source', () => {
  it('compile, each on its own', async () => {
    const snippets = exampleSnippets();
    assert.ok(snippets.length > 15);
    assert.deepEqual(await compileAll('examples', snippets), []);
  });

  it('are those that are there: no @example without code', () => {
    const count = listFiles('src', '.ts').flatMap(path => readProjectFile(path).match(/\* @example/g) ?? []).length;
    assert.equal(exampleSnippets().length, count);
  });

  it('would be found wrong if they were', async () => {
    const wrong = [
      { place: 'a.md:1', code: "import { noSuchThing } from 'secur32';\nnoSuchThing();\n" },
      {
        place: 'b.md:2',
        code: "import { SspiError } from 'secur32';\nexport const code: number = {} as SspiError['code'];\n",
      },
    ];
    const complaints = await compileAll('wrong', wrong);
    assert.deepEqual(
      complaints.map(line => line.slice(0, 6)),
      ['a.md:1', 'b.md:2'],
    );
  });
});

describe('README.md', () => {
  const snippets = markdownSnippets('README.md');
  const [server, client, ...others] = snippets as [Snippet, Snippet, ...Snippet[]];

  it('shows the programs of examples/', () => {
    assert.equal(server.code, readProjectFile('examples/sasl-server.ts'));
    assert.equal(client.code, readProjectFile('examples/sasl-client.ts'));
  });

  it('has both commands, the two programs and the picture on its first screen', () => {
    const text = readProjectFile('README.md');
    const first = text.slice(0, text.indexOf('\n## '));
    for (const part of [
      'npm ci && npm start',
      'npm ci && npm test',
      server.code,
      client.code,
      '(docs/handshake.svg)',
    ]) {
      assert.ok(first.includes(part));
    }
  });

  it('has a server and a client that talk to each other', async function () {
    // Without the engine asked for by name, this is the native provider's business there.
    if (process.platform === 'win32') this.skip();
    const folder = new SnippetFolder('pair');
    const port = await freePort();
    const withPort = ({ place, code }: Snippet, change = (text: string) => text): string => {
      assert.equal(code.split('4711').length, 2);
      return folder.add({ place, code: change(code.replace('4711', String(port))) });
    };
    const names = [
      withPort(server),
      withPort(client),
      withPort({ ...client, place: 'wrong password' }, text => text.replace('open sesame', 'open barley')),
    ] as const;
    assert.deepEqual(await folder.compile(), []);
    const running = start(folder.compiled(names[0]));
    try {
      await untilOpen(port);
      assert.deepEqual(await run(folder.compiled(names[1])), {
        code: 0,
        stdout: 'Hello alice. You said: nobody else can read this\n',
        stderr: '',
      });
      const refused = await run(folder.compiled(names[2]));
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /the server has refused the logon/);
      assert.equal((await run(folder.compiled(names[1]))).code, 0, 'the server is still there');
    } finally {
      running.kill();
      await once(running, 'exit');
    }
  });

  it('has other snippets that run', async () => {
    const folder = new SnippetFolder('runnable');
    const names = others.map(snippet => folder.add(snippet));
    assert.deepEqual(await folder.compile(), []);
    assert.ok(names.length >= 3);
    for (const [index, name] of names.entries()) {
      const { code, stderr } = await run(folder.compiled(name));
      assert.deepEqual([code, stderr], [0, ''], others[index]!.place);
    }
  });
});

async function compileAll(purpose: string, snippets: readonly Snippet[]): Promise<string[]> {
  const folder = new SnippetFolder(purpose);
  for (const snippet of snippets) folder.add(snippet);
  return folder.compile();
}

/** Relative links to files that are not there, and to headings that no document has. */
function brokenLinks(path: string, text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => !/^https?:/.test(link))
    .filter(link => {
      const [file = '', heading] = link.split('#', 2);
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(PROJECT_ROOT, target))) return true;
      return heading !== undefined && !headings(readProjectFile(target)).includes(heading);
    })
    .map(link => `${path}: ${link}`);
}

/** The anchors of a document's headings, as GitHub makes them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replace(/ /g, '-'),
  );
}

function start(file: string): ChildProcess {
  return spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(file: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(file);
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr!.on('data', chunk => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, 'localhost', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise(resolve => probe.close(resolve));
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, 'localhost');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
