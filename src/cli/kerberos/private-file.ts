import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../command.js';

/**
 * Writes a file that its owner alone can read, all at once: who reads it meanwhile finds the old one or the new one. A link is replaced, and not
 * followed: in a folder that everybody writes to, as /tmp is, it could be somebody else's and lead anywhere.
 */
export async function writePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CommandError(
      `${path} cannot be written: ${(error as Error).message}`,
      'The folder must be there, and this user must be allowed to write in it.',
    );
  }
}

/** Overwrites a file with zeros and takes it away. A link is not followed, and what has another name elsewhere is not overwritten. */
export async function destroyFile(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    const { nlink, size } = await file.stat();
    if (nlink === 1) {
      await file.write(new Uint8Array(size), 0, size, 0);
      await file.sync();
    }
  } finally {
    await file.close();
  }
  await rm(path);
}
