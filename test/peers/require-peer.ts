import { ONLY_ON_LINUX, PEERS, type PeerName } from './packages.js';
import { missingPackages } from './presence.js';

/**
 * Says, as the first line of a `describe` body, which real peers its tests need. Where one is missing the whole suite
 * fails in CI, and is skipped elsewhere after one line that says what to install.
 *
 * @example
 * describe('DIGEST-MD5 against libsasl2', () => {
 *   requirePeer('cyrus');
 *   it('authenticates', async () => { ... });
 * });
 */
export function requirePeer(...names: PeerName[]): void {
  before(function () {
    const titles = names.map(name => PEERS[name].title).join(', ');
    if (process.platform !== 'linux') {
      console.warn(`      SKIPPED, needs ${titles}: ${ONLY_ON_LINUX}`);
      this.skip();
    }
    const missing = missingPackages(names).map(entry => entry.names[0]);
    if (missing.length === 0) return;
    const message = `needs ${titles}: install ${missing.join(' ')}`;
    if (isContinuousIntegration()) throw new Error(`a missing peer is a failure in CI; ${message}`);
    console.warn(`      SKIPPED, ${message}`);
    this.skip();
  });
}

/**
 * Starts a peer before the tests of a `describe` body and closes it after them. Answers a function that gives the peer
 * to a running test.
 *
 * @example
 * const slapd = usePeer(() => Slapd.start());
 * it('binds', async () => connect(slapd().port));
 */
export function usePeer<Peer extends AsyncDisposable>(start: () => Promise<Peer>): () => Peer {
  let peer: Peer | undefined;
  before(async () => {
    peer = await start();
  });
  after(async () => {
    await peer?.[Symbol.asyncDispose]();
    peer = undefined;
  });
  return () => {
    if (peer === undefined) throw new Error('the peer runs only while the tests of its describe body do');
    return peer;
  };
}

/** CI systems set CI; `CI=false` is how people switch that off. */
export function isContinuousIntegration(): boolean {
  const value = process.env['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
