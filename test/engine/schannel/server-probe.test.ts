import assert from 'node:assert/strict';
import { TLSSocket } from 'node:tls';
import { withoutPrivateParts } from '#dist/engine/schannel/tls/private-parts.js';
import { serverSocketsTell } from '#dist/engine/schannel/tls/server-probe.js';

type Emit = typeof TLSSocket.prototype.emit;

/** What the probe finds where a server's socket does not tell of something. */
function without(event: string): boolean | undefined {
  const { prototype } = TLSSocket;
  const had = Object.getOwnPropertyDescriptor(prototype, 'emit');
  const { emit } = prototype;
  const silent: Emit = function (this: TLSSocket, name: string | symbol, ...args: unknown[]) {
    return name === event ? false : (emit as (...all: unknown[]) => boolean).call(this, name, ...args);
  };
  prototype.emit = silent;
  try {
    return serverSocketsTell();
  } finally {
    Reflect.deleteProperty(prototype, 'emit');
    if (had) Object.defineProperty(prototype, 'emit', had);
  }
}

describe("Schannel: the probe of a server's socket", () => {
  it('finds that this Node.js tells of handshakes and failures at once', () => {
    assert.equal(serverSocketsTell(), true);
  });

  it('finds out where it does not tell of a handshake that is through', () => {
    assert.equal(without('secure'), false);
  });

  it('finds out where it does not tell of a failure behind the handshake', () => {
    assert.equal(without('_tlsError'), false);
  });

  it('says nothing where there is nothing to try out', () => {
    const end = withoutPrivateParts();
    try {
      assert.equal(serverSocketsTell(), undefined);
    } finally {
      end();
    }
  });
});
