import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DigestCipher } from '#dist/engine/digest/options.js';
import { cipherSuite } from '#dist/engine/digest/sasl/layer/ciphers.js';
import { ConfidentialityLayer } from '#dist/engine/digest/sasl/layer/confidentiality.js';
import { IntegrityLayer } from '#dist/engine/digest/sasl/layer/integrity.js';
import {
  clientSealingKey,
  clientSigningKey,
  serverSealingKey,
  serverSigningKey,
} from '#dist/engine/digest/sasl/layer/keys.js';
import type { SecurityLayer } from '#dist/engine/digest/sasl/layer/layer.js';
import { Signer } from '#dist/engine/digest/sasl/layer/signer.js';
import { SEC_E } from '#dist/sspi/status.js';
import { hex, vectors } from './vectors.js';

const { derived, exchanges } = vectors;
const HA1 = Buffer.from(exchanges[0]!.ha1, 'hex');
const MESSAGE = Buffer.from(derived.message);

const CIPHERS = ['rc4', '3des', 'rc4-56', 'rc4-40', 'des'] as const satisfies DigestCipher[];
const LAYERS = [undefined, ...CIPHERS] as const;

const ALTERED = { status: SEC_E.MESSAGE_ALTERED };
const OUT_OF_SEQUENCE = { status: SEC_E.OUT_OF_SEQUENCE };
const INVALID = { status: SEC_E.INVALID_TOKEN };

/** The auth-int layer where no cipher is named. */
function layer(role: 'client' | 'server', cipher: DigestCipher | undefined, maxBuffer = 65536): SecurityLayer {
  const parameters = { role, ha1: HA1, ownMaxBuffer: maxBuffer, peerMaxBuffer: maxBuffer };
  return cipher ? new ConfidentialityLayer(parameters, cipherSuite(cipher)) : new IntegrityLayer(parameters);
}

function seal(by: SecurityLayer, message: Uint8Array): Uint8Array {
  const data = Uint8Array.from(message);
  const trailer = new Uint8Array(by.trailerLength);
  const length = by.seal(data, trailer);
  return Buffer.concat([data, trailer.subarray(0, length)]);
}

function unseal(by: SecurityLayer, sealed: Uint8Array): Uint8Array {
  return by.unseal(Uint8Array.from(sealed));
}

describe('the keys of the layers (derived)', () => {
  it('for signing', () => {
    assert.equal(hex(clientSigningKey(HA1)), derived.kic);
    assert.equal(hex(serverSigningKey(HA1)), derived.kis);
  });

  for (const vector of derived.layers) {
    if (!vector.cipher) continue;
    it(`for ${vector.cipher}`, () => {
      const suite = cipherSuite(vector.cipher as DigestCipher);
      assert.equal(hex(clientSealingKey(HA1, suite)), vector.kcc);
      assert.equal(hex(serverSealingKey(HA1, suite)), vector.kcs);
    });
  }
});

describe('the messages of the layers (derived)', () => {
  it('are of all six layers', () => assert.equal(derived.layers.length, 6));

  for (const { cipher, messages, qop } of derived.layers) {
    it(cipher ?? qop, () => {
      const client = layer('client', cipher as DigestCipher | undefined);
      const server = layer('server', cipher as DigestCipher | undefined);
      for (const message of messages) {
        const sealed = seal(client, MESSAGE);
        assert.equal(hex(sealed), message);
        assert.equal(hex(unseal(server, sealed)), hex(MESSAGE));
      }
    });
  }
});

for (const cipher of LAYERS) {
  describe(`the layer of ${cipher ?? 'auth-int'}`, () => {
    it('takes any messages, both ways', () => {
      const exchange = fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 100 })), { maxLength: 12 });
      fc.assert(
        fc.property(exchange, messages => {
          const client = layer('client', cipher);
          const server = layer('server', cipher);
          for (const [fromClient, message] of messages) {
            const [sender, receiver] = fromClient ? [client, server] : [server, client];
            const sealed = seal(sender, message);
            assert(sealed.length <= message.length + sender.trailerLength);
            assert.deepEqual(unseal(receiver, sealed), message);
          }
        }),
        { numRuns: 50 },
      );
    });

    it('takes messages of every length up to three blocks, and long ones', () => {
      const client = layer('client', cipher);
      const server = layer('server', cipher);
      for (const length of [...Array(25).keys(), 1000, 1535, 1536, 16384, 40000]) {
        const message = new Uint8Array(length).fill(length);
        assert.deepEqual(unseal(server, seal(client, message)), message, `${length} bytes`);
      }
    });

    it('refuses any flipped bit', () => {
      const sealed = seal(layer('client', cipher), MESSAGE);
      for (let bit = 0; bit < sealed.length * 8; bit++) {
        const flipped = Uint8Array.from(sealed);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        assert.throws(() => layer('server', cipher).unseal(flipped), ALTERED, `bit ${bit}`);
      }
    });

    it('refuses every cut message', () => {
      const sealed = seal(layer('client', cipher), MESSAGE);
      for (let length = 0; length < sealed.length; length++) {
        assert.throws(
          () => unseal(layer('server', cipher), sealed.subarray(0, length)),
          (error: { status: number }) => error.status === SEC_E.INVALID_TOKEN || error.status === SEC_E.MESSAGE_ALTERED,
          `${length} bytes`,
        );
      }
    });

    it('refuses what is longer than the buffer agreed on, before it looks at it', () => {
      const server = layer('server', cipher, 64);
      assert.throws(() => server.unseal(new Uint8Array(65)), INVALID);
      const longest = new Uint8Array(layer('client', cipher, 64).maximumMessage);
      assert.deepEqual(unseal(server, seal(layer('client', cipher, 64), longest)), longest);
    });

    it('refuses its own messages', () => {
      const client = layer('client', cipher);
      assert.throws(() => unseal(client, seal(client, MESSAGE)), ALTERED);
    });

    it('refuses messages out of their order', () => {
      const client = layer('client', cipher);
      const first = seal(client, MESSAGE);
      const second = seal(client, MESSAGE);
      const early = layer('server', cipher);
      // A cipher that runs on makes another message of it; only in the clear can the number be told from the content.
      const code = cipher ? ALTERED : OUT_OF_SEQUENCE;
      assert.throws(() => unseal(early, second), code);
      const replayed = layer('server', cipher);
      unseal(replayed, first);
      assert.throws(() => unseal(replayed, first), code);
    });

    it('knows the longest message for every size of buffer', () => {
      for (let size = 22; size < 90; size++) {
        const client = layer('client', cipher, size);
        if (client.maximumMessage < 0) continue;
        assert(seal(client, new Uint8Array(client.maximumMessage)).length <= size, `${size}`);
        assert(seal(client, new Uint8Array(client.maximumMessage + 1)).length > size, `${size}`);
      }
    });

    it('is good for nothing once it is wiped', () => {
      const client = layer('client', cipher);
      client.wipe();
      assert.throws(() => seal(client, MESSAGE), /wiped/);
      assert.throws(() => unseal(client, new Uint8Array(38)), /wiped/);
    });
  });
}

describe('the sequence numbers', () => {
  const key = () => new Uint8Array(16).fill(3);

  it('go on from 2^32 - 1 to 0', () => {
    const sender = new Signer(key, 0xffff_ffff);
    const receiver = new Signer(key, 0xffff_ffff);
    for (const number of ['ffffffff', '00000000', '00000001']) {
      const signature = new Uint8Array(16);
      sender.sign(signature, 0, MESSAGE);
      assert.equal(hex(signature.subarray(10)), `0001${number}`);
      receiver.verify(signature, 0, MESSAGE);
    }
  });

  it('are not used up by a message that was refused', () => {
    const signature = new Uint8Array(16);
    new Signer(key).sign(signature, 0, MESSAGE);
    const receiver = new Signer(key);
    assert.throws(() => receiver.verify(signature, 0, Buffer.from('another')), ALTERED);
    receiver.verify(signature, 0, MESSAGE);
    assert.throws(() => receiver.verify(signature, 0, MESSAGE), OUT_OF_SEQUENCE);
  });

  it('cannot be changed by somebody without the key', () => {
    const signature = new Uint8Array(16);
    new Signer(key).sign(signature, 0, MESSAGE);
    signature[15] = 1;
    assert.throws(() => new Signer(key, 1).verify(signature, 0, MESSAGE), ALTERED);
  });
});

describe('a sealed message with wrong padding', () => {
  it('is refused like one with a wrong signature, and ends the layer', () => {
    // The last byte of padding is what the block before it is exclusive-or'ed with: 8-byte blocks, MAC in the last ten bytes.
    for (const cipher of ['3des', 'des'] as const) {
      const client = layer('client', cipher);
      const sealed = seal(client, new Uint8Array(13));
      const next = seal(client, MESSAGE);
      const paddingAt = sealed.length - 16 - 1;
      sealed[paddingAt - 8]! ^= 0x80;
      const server = layer('server', cipher);
      assert.throws(() => unseal(server, sealed), ALTERED);
      assert.throws(() => unseal(server, next), ALTERED);
    }
  });
});
