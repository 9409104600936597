import { delimiter } from 'node:path';
import type { EngineEnvironment } from '../../environment.js';
import type { ProfileSection } from './profile.js';
import { type Inclusion, ProfileParser } from './profile-parser.js';

/** What is needed of the outside. */
export type ConfigAccess = Pick<EngineEnvironment, 'readFile' | 'readDirectory' | 'variables'> & {
  /** Between the files that KRB5_CONFIG names: a colon, and where that is part of a path (`C:\\krb5.ini`) a semicolon; the system's by default. */
  readonly pathDelimiter?: string;
};

/** Files that one configuration can be made of: a circle of inclusions ends here. */
const MOST_FILES = 200;

/** Names in a folder that are read; editors leave others there (krb5.conf(5), includedir). */
const INCLUDED_NAME = /^(?:[A-Za-z0-9_-]+|[^.].*\.conf)$/;

/**
 * The configuration that KRB5_CONFIG names (several files are separated as in PATH), or /etc/krb5.conf. Where there is none of these
 * files the configuration is empty.
 *
 * Throws an Error that names the file and the line for what is malformed, and for an included file that is not there.
 */
export async function loadProfile(access: ConfigAccess): Promise<ProfileSection> {
  const names = access.variables['KRB5_CONFIG'] || '/etc/krb5.conf';
  return readProfile(names.split(access.pathDelimiter ?? delimiter).filter(Boolean), access);
}

/** The configuration of these files together. What stands in the first of them counts more. */
export async function readProfile(paths: readonly string[], access: ConfigAccess): Promise<ProfileSection> {
  const loader = new Loader(access);
  for (const path of paths) await loader.topLevel(path);
  return loader.parser.root;
}

class Loader {
  readonly parser = new ProfileParser();
  readonly #access: ConfigAccess;
  #count = 0;

  constructor(access: ConfigAccess) {
    this.#access = access;
  }

  async topLevel(path: string): Promise<void> {
    let text: string;
    try {
      text = await this.#read(path);
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    await this.#parse(text, path);
  }

  async #include({ kind, path }: Inclusion): Promise<void> {
    if (kind === 'include') {
      await this.#parse(await this.#read(path), path);
      return;
    }
    const names = (await this.#access.readDirectory(path)).filter(name => INCLUDED_NAME.test(name)).sort();
    for (const name of names) await this.#include({ kind: 'include', path: `${path}/${name}` });
  }

  async #parse(text: string, path: string): Promise<void> {
    this.#count += 1;
    if (this.#count > MOST_FILES)
      throw new Error(`${path}: the files include each other, or are more than ${MOST_FILES}`);
    await this.parser.parse(text, path, inclusion => this.#include(inclusion));
  }

  async #read(path: string): Promise<string> {
    return new TextDecoder().decode(await this.#access.readFile(path));
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
