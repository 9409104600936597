import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listFiles, readProjectFile } from '../docs/source-files.js';
import { PROJECT_ROOT } from '../peers/paths.js';

/** A piece of TypeScript in a text for people. */
export interface Snippet {
  /** Where it stands: `README.md:27`. */
  readonly place: string;
  readonly code: string;
}

/** The snippets of a Markdown file. */
export function markdownSnippets(path: string): Snippet[] {
  return fencedSnippets(path, readProjectFile(path), 0);
}

/** The snippets of every `@example` in src. */
export function exampleSnippets(): Snippet[] {
  return listFiles('src', '.ts').flatMap(path => {
    const text = readProjectFile(path);
    return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
      const start = comment.indexOf('@example');
      if (start < 0) return [];
      const example = comment.slice(start).replace(/^ *\* ?/gm, '');
      return fencedSnippets(path, example, text.slice(0, index + start).split('\n').length - 1);
    });
  });
}

function fencedSnippets(path: string, text: string, lineOffset: number): Snippet[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    place: `${path}:${lineOffset + text.slice(0, index).split('\n').length}`,
    code,
  }));
}

/** A folder with snippets as modules of their own, within the package, so that they find it by its name. */
export class SnippetFolder {
  readonly path: string;
  readonly #places = new Map<string, string>();

  constructor(purpose: string) {
    this.path = join(PROJECT_ROOT, 'build/snippets', purpose);
    mkdirSync(this.path, { recursive: true });
  }

  /** Writes a snippet; answers the name of its module. */
  add({ place, code }: Snippet): string {
    const name = place.replace(/[^\w]+/g, '-').toLowerCase();
    writeFileSync(join(this.path, `${name}.ts`), /^(?:import|export)\b/m.test(code) ? code : `${code}export {};\n`);
    this.#places.set(name, place);
    return name;
  }

  /** Compiles all snippets as strictly as this package is compiled; answers what is wrong, with the places. */
  async compile(): Promise<string[]> {
    const config = {
      compilerOptions: { ...OPTIONS, outDir: join(this.path, 'out'), rootDir: this.path },
      files: [...this.#places.keys()].map(name => `${name}.ts`),
    };
    writeFileSync(join(this.path, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc');
    try {
      await promisify(execFile)(process.execPath, [tsc, '--pretty', 'false', '-p', this.path], { cwd: this.path });
      return [];
    } catch (error) {
      const { stdout } = error as { stdout: string };
      return (
        stdout
          .split('\n')
          // What is indented explains the line above it.
          .filter(line => /^\S/.test(line))
          .map(line => line.replace(/^([\w-]+)\.ts/, (_, name: string) => this.#places.get(name) ?? name))
      );
    }
  }

  /** The compiled module of a snippet. */
  compiled(name: string): string {
    return join(this.path, 'out', `${name}.js`);
  }
}

const OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  skipLibCheck: true,
};
