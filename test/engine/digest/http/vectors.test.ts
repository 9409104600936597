import assert from 'node:assert/strict';
import { findAlgorithm } from '#dist/engine/digest/http/algorithms.js';
import { requestDigest, userHash } from '#dist/engine/digest/http/computation.js';
import { normalizedOctets } from '#dist/engine/digest/http/names.js';
import { readVectors } from '../../../vectors/read-vectors.js';

interface Vector {
  readonly name: string;
  readonly algorithm: string;
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: 'auth' | 'auth-int';
  readonly method: string;
  readonly uri: string;
  readonly userHash?: string;
  readonly hashedName?: string;
  readonly response: string;
}

describe('HTTP Digest: published vectors', () => {
  for (const vector of readVectors<{ vectors: Vector[] }>('http-digest').vectors) {
    it(vector.name, () => {
      const algorithm = findAlgorithm(vector.algorithm)!;
      const user = normalizedOctets(vector.user)!;
      const hash = userHash(algorithm, user, vector.realm, normalizedOctets(vector.password)!);
      if (vector.userHash) assert.equal(hash, vector.userHash);
      if (vector.hashedName) assert.equal(algorithm.hash(user, ':', vector.realm), vector.hashedName);
      assert.equal(requestDigest(algorithm, hash, { ...vector, entityHash: '' }), vector.response);
    });
  }
});
