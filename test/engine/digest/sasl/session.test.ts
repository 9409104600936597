import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { DigestSession, type SessionFacts } from '#dist/engine/digest/sasl/session.js';
import { SECPKG_ATTR } from '#dist/sspi/attributes.js';
import { SECBUFFER } from '#dist/sspi/buffers.js';

function facts(ha1: Uint8Array): SessionFacts {
  return {
    role: 'server',
    ha1,
    qop: 'auth-conf',
    cipher: 'rc4',
    contextAttr: 0,
    ownMaxBuffer: 65536,
    peerMaxBuffer: 65536,
    userName: 'REALM\\alice',
    clientName: 'alice',
    digestUri: 'imap/localhost',
    start: 0,
  };
}

const message = () => ({
  buffers: [
    { type: SECBUFFER.DATA, data: new Uint8Array(8) },
    { type: SECBUFFER.PADDING, data: new Uint8Array(16) },
  ],
});

describe('the session of a DIGEST-MD5 logon', () => {
  it('lends copies of its key', () => {
    const session = new DigestSession(facts(new Uint8Array(16).fill(7)));
    const key = () => (session.queryAttribute(SECPKG_ATTR.SESSION_KEY) as { sessionKey: Uint8Array }).sessionKey;
    key().fill(0);
    assert.deepEqual(key(), new Uint8Array(16).fill(7));
  });

  it('wipes its key, and is good for nothing after that', () => {
    const ha1 = new Uint8Array(16).fill(7);
    const session = new DigestSession(facts(ha1));
    session.encryptMessage(message());
    session.close();
    assert.deepEqual(ha1, new Uint8Array(16));
    assert.throws(() => session.encryptMessage(message()), /wiped/);
    assert.throws(() => session.queryAttribute(SECPKG_ATTR.SESSION_KEY), /wiped/);
  });

  it('wipes its key where the layer cannot stand', () => {
    const ha1 = new Uint8Array(16).fill(7);
    assert.throws(() => new DigestSession({ ...facts(ha1), cipher: '3des', peerMaxBuffer: 17 }), /17 bytes/);
    assert.deepEqual(ha1, new Uint8Array(16));
  });

  it('does not show its keys', () => {
    const session = new DigestSession(facts(new Uint8Array(16).fill(0xab)));
    session.encryptMessage(message());
    const shown = inspect(session, { depth: 20 });
    assert.doesNotMatch(shown, /171|abab/);
  });
});
