import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { PROJECT_ROOT } from '../peers/paths.js';

/** One file of src. */
export interface SourceFile {
  /** With forward slashes, below src: `engine/registry.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out, line by line where it was. */
  readonly code: string;
  readonly imports: readonly ImportLine[];
}

export interface ImportLine {
  readonly specifier: string;
  /** Below src, for a relative specifier: `sspi/error.ts`. */
  readonly target?: string;
  /** Vanishes in the JavaScript. */
  readonly typeOnly: boolean;
}

/** All files of src. */
export function readSources(): SourceFile[] {
  return listFiles('src', '.ts').map(path => sourceFile(path.slice('src/'.length), readProjectFile(path)));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = blankComments(text);
  return { path, text, code, imports: [...importLines(path, code)] };
}

/** Files below a folder of the project, as paths from its top with forward slashes, in order. */
export function listFiles(folder: string, ending: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(entry => join(entry.parentPath, entry.name).slice(PROJECT_ROOT.length).split(sep).join('/'))
    .sort();
}

export function readProjectFile(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}

function* importLines(path: string, code: string): Generator<ImportLine> {
  const statements =
    /^(?:import|export)\s+(type\s)?[^;]*?from '([^']+)'|^import()? '([^']+)'|\bimport\(()'([^']+)'\)/gm;
  for (const match of code.matchAll(statements)) {
    const specifier = match[2] ?? match[4] ?? match[6] ?? '';
    const relative = specifier.startsWith('.');
    const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
    yield { specifier, typeOnly: match[1] !== undefined, ...(relative && { target }) };
  }
}

/** Comments become spaces; strings, which can hold `//`, stay. */
function blankComments(text: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[\s\S]*?\*\//g;
  return text.replace(tokens, token => (token.startsWith('/') ? token.replace(/[^\n]/g, ' ') : token));
}
