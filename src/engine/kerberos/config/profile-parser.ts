import { ProfileSection } from './profile.js';

/** Another file, or folder of files, that a line asks for. */
export interface Inclusion {
  readonly kind: 'include' | 'includedir';
  readonly path: string;
}

/** Braces within braces: more than any configuration has. */
const DEEPEST = 16;

/**
 * Reads krb5.conf(5) line by line into sections: `[section]`, `tag = value`, `tag = {` to `}`, comments that begin with `#` or `;`, and
 * `*` behind a section or tag that no later file may add to. `include` gets the lines that name other files, in their place.
 *
 * Throws an Error that names the line.
 */
export class ProfileParser {
  readonly root: ProfileSection = new ProfileSection();
  #open: ProfileSection[] = [];

  /** @param include is given each inclusion, and feeds the same parser. */
  async parse(text: string, path: string, include: (inclusion: Inclusion) => Promise<void>): Promise<void> {
    this.#open = [];
    let number = 0;
    for (const line of text.split('\n')) {
      number += 1;
      const inclusion = this.#open.length <= 1 ? inclusionOf(line) : undefined;
      if (inclusion) {
        const outside = this.#open;
        await include(inclusion);
        this.#open = outside;
        continue;
      }
      const complaint = this.#line(line.trim());
      if (complaint !== undefined) throw new Error(`${path}, line ${number}: ${complaint}`);
    }
    if (this.#open.length > 1) throw new Error(`${path}: a { is not closed`);
  }

  /** Answers what is wrong with the line. */
  #line(line: string): string | undefined {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return undefined;
    if (line.startsWith('[')) return this.#section(line);
    if (line.startsWith('}')) {
      if (this.#open.length < 2) return 'there is a } without a {';
      this.#open = this.#open.slice(0, -1);
      return undefined;
    }
    if (line.startsWith('module ')) return undefined;
    return this.#relation(line);
  }

  #section(line: string): string | undefined {
    if (this.#open.length > 1) return 'a section begins before a { is closed';
    const end = line.indexOf(']');
    if (end < 0) return 'a ] is missing';
    const name = line.slice(1, end);
    const section = this.root.open(name);
    if (line.slice(end + 1).trim() === '*') this.root.close(name);
    this.#open = [section];
    return undefined;
  }

  #relation(line: string): string | undefined {
    const section = this.#open.at(-1);
    if (!section) return 'a value stands before the first [section]';
    const equals = line.indexOf('=');
    if (equals < 0) return 'there is neither a value nor a section';
    const written = line.slice(0, equals).trim();
    const isFinal = written.endsWith('*');
    const tag = isFinal ? written.slice(0, -1).trimEnd() : written;
    if (tag === '') return 'a tag is missing';
    const text = line.slice(equals + 1).trim();
    if (text === '{') {
      if (this.#open.length >= DEEPEST) return `braces are nested more than ${DEEPEST} deep`;
      this.#open = [...this.#open, section.open(tag)];
    } else {
      section.add(tag, text.startsWith('"') ? unquote(text) : text);
    }
    if (isFinal) section.close(tag);
    return undefined;
  }
}

function inclusionOf(line: string): Inclusion | undefined {
  for (const kind of ['includedir', 'include'] as const) {
    const rest = line.slice(kind.length);
    if (line.startsWith(kind) && /^\s/.test(rest) && rest.trim() !== '') return { kind, path: rest.trim() };
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

function unquote(text: string): string {
  let value = '';
  for (let at = 1; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\') {
      value += text[at];
      continue;
    }
    at += 1;
    const escaped = text[at] ?? '';
    value += ESCAPES[escaped] ?? escaped;
  }
  return value;
}
