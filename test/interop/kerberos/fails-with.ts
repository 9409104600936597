import assert from 'node:assert/strict';
import { PackageError } from '#dist/engine/package-error.js';

/** For `assert.rejects`: the package's own error, with this status, and words in its message or its advice. */
export function failsWith(status: number, message: RegExp = /./): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof PackageError, String(error));
    assert.equal(error.status.toString(16), status.toString(16), error.message);
    assert.match(`${error.message} ${error.details.hint}`, message);
    return true;
  };
}
