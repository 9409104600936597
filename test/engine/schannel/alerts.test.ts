import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { SP_PROT } from 'secur32/raw';
import { identity } from './certificates.js';
import { rejection, Side } from './side.js';

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

/** Flights of a handshake without client certificate; in TLS 1.3 the last one is the server's tickets. */
const FLIGHTS = 4;

const ALERT = 21;
const APPLICATION_DATA = 23;

describe('Schannel: alerts of a leg that fails', () => {
  for (const [version, protocols] of Object.entries(VERSIONS)) {
    for (const [place, at] of [
      ['first message', 9],
      ['end', -1],
    ] as const) {
      for (let flight = 0; flight < FLIGHTS; flight++) {
        it(`${version}: flight ${flight}, changed in its ${place}: the error has the alert, and the peer takes it for one`, async () => {
          const sspi = createEngine();
          let from = await Side.acquire(sspi, 'client', identity([], { protocols }));
          let to = await Side.acquire(sspi, 'server', identity(['server'], { protocols }));
          let bytes = Buffer.from(await from.start());
          for (let n = 0; n < flight; n++) {
            bytes = Buffer.from(await to.take(bytes));
            [from, to] = [to, from];
          }
          bytes[at < 0 ? bytes.length + at : at]! ^= 0x55;
          // TLS 1.2 may not see a change before its Finished messages, which cover all that was said.
          const refused = async (): Promise<void> => {
            for (let n = 0; n < FLIGHTS; n++) {
              bytes = Buffer.from(await to.take(bytes));
              [from, to] = [to, from];
            }
          };
          const error = await rejection(refused());
          const { token } = error;
          assert.ok(token, error.message);
          assert.ok(token[0] === ALERT || token[0] === APPLICATION_DATA, String(token[0]));
          assert.equal(token.length, 5 + token[3]! * 256 + token[4]!, 'one record');
          assert.match((await rejection(from.take(token))).message, /the peer sent alert \d+/);
        });
      }
    }
  }
});
