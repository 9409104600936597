import assert from 'node:assert/strict';
import { buildChallenge, parseChallenge } from '#dist/engine/digest/sasl/challenge.js';
import { Proofs, sessionHash, userHash } from '#dist/engine/digest/sasl/compute.js';
import type { Qop } from '#dist/engine/digest/sasl/qop.js';
import { buildResponse, parseResponse } from '#dist/engine/digest/sasl/response.js';
import { buildRspauth, parseRspauth } from '#dist/engine/digest/sasl/rspauth.js';
import { bytes, hex, vectors } from './vectors.js';

const { derived, exchanges, nc, password, realm, source, user } = vectors;

for (const exchange of exchanges) {
  const { cnonce, digestUri, nonce } = exchange;

  describe(`the ${exchange.name} example of ${source}`, () => {
    const ha1 = sessionHash(userHash(user, realm, password), nonce, cnonce);
    const proofs = new Proofs(ha1, { nonce, cnonce, nc, qop: 'auth', digestUri });

    it('has our H(A1)', () => assert.equal(hex(ha1), exchange.ha1));

    it('has our challenge', () => {
      const challenge = { realms: [realm], nonce, qops: ['auth'], ciphers: [], maxBuffer: 65536, utf8: true } as const;
      assert.deepEqual(buildChallenge(challenge), bytes(exchange.challenge));
      assert.deepEqual(parseChallenge(bytes(exchange.challenge)), challenge);
    });

    it('has our response', () => {
      const response = {
        ...({ nonce, cnonce, nc, digestUri, realm, qop: 'auth', maxBuffer: 65536, utf8: true } as const),
        ...{ username: user, response: proofs.response, cipher: undefined, authzid: undefined },
      };
      assert.deepEqual(buildResponse(response), bytes(exchange.response));
      assert.deepEqual(parseResponse(bytes(exchange.response)), { ...response, rawUsername: user });
    });

    it('has our rspauth', () => {
      assert.deepEqual(buildRspauth(proofs.rspauth), bytes(exchange.rspauth));
      assert.equal(hex(parseRspauth(bytes(exchange.rspauth))!), proofs.rspauth);
    });

    it('passes our check, and nothing near it does', () => {
      assert.equal(proofs.isResponse(proofs.response), true);
      assert.equal(proofs.isResponse(proofs.response.toUpperCase()), true);
      assert.equal(proofs.isResponse(proofs.rspauth), false);
      assert.equal(proofs.isResponse(proofs.response.replace(/^./, digit => (digit === '0' ? '1' : '0'))), false);
      assert.equal(proofs.isResponse(proofs.response.slice(2)), false);
    });
  });
}

describe('the proofs of the layers (derived)', () => {
  const { cnonce, digestUri, ha1, nonce } = exchanges[0]!;
  for (const vector of derived.proofs) {
    it(vector.qop, () => {
      const parameters = { nonce, cnonce, nc, qop: vector.qop as Qop, digestUri };
      const proofs = new Proofs(Buffer.from(ha1, 'hex'), parameters);
      assert.equal(proofs.response, vector.response);
      assert.equal(proofs.rspauth, vector.rspauth);
    });
  }
});
