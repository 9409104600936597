import assert from 'node:assert/strict';
import { PEERS, type PeerName } from './packages.js';
import { findCommand, isPresent, missingPackages } from './presence.js';
import { requirePeer } from './require-peer.js';

describe('the presence of peers', () => {
  requirePeer('curl');

  it('finds commands, files, and files in one of several folders', () => {
    assert.equal(isPresent('curl'), true);
    assert.equal(isPresent('/etc/passwd'), true);
    assert.equal(isPresent('/usr/*/curl'), true);
  });

  it('does not find what is not there', () => {
    assert.equal(isPresent('no-such-command-anywhere'), false);
    assert.equal(isPresent('/etc/no-such-file'), false);
    assert.equal(isPresent('/usr/*/no-such-file'), false);
    assert.equal(isPresent('/no-such-folder/*/curl'), false);
    assert.throws(() => findCommand('no-such-command-anywhere'), /is not installed/);
  });

  it('names each missing package once', () => {
    const missing = missingPackages(Object.keys(PEERS) as PeerName[]);
    assert.equal(new Set(missing).size, missing.length);
    assert.deepEqual(missingPackages(['curl']), []);
  });
});
