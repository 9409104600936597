import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { SEC_E, SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { identity } from './certificates.js';
import { EMPTY, rejection, Side } from './side.js';

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

const sspi = createEngine();

/** A handshake with all flights but the last of `flights` delivered, the client's hello being the first: who waits for it, and for what. */
async function upTo(flights: number, protocols: number): Promise<{ to: Side; flight: Uint8Array }> {
  const client = await Side.acquire(sspi, 'client', identity([], { protocols }));
  const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols }));
  let flight = await client.start();
  let to = server;
  for (let n = 1; n < flights && flight.length > 0; n++) {
    flight = await to.take(flight);
    to = to === server ? client : server;
  }
  return { to, flight };
}

/** A context that has failed is good for nothing but to be deleted: one of a handshake is gone, one that stood says no more and hears no more. */
async function assertGone(side: Side): Promise<void> {
  if (!side.context) return;
  const codes = [
    await rejection(side.leg(new Uint8Array(5))),
    await rejection(side.decryptMessage(Uint8Array.of(23, 3, 3, 0, 1, 0))),
    await rejection(
      side.done ? side.encrypt(Buffer.from('x')) : side.sspi.encryptMessage(side.context, { buffers: [EMPTY] }),
    ),
  ].map(({ code }) => code);
  if (!side.done) {
    assert.deepEqual(new Set(codes), new Set(['SEC_E_INVALID_HANDLE']));
    const query = side.sspi.queryContextAttributes(side.context, SECPKG_ATTR.STREAM_SIZES);
    assert.equal((await rejection(query)).code, 'SEC_E_INVALID_HANDLE');
  }
  await side.delete();
}

const times = (count: number, bytes: Uint8Array) => Buffer.concat(Array<Uint8Array>(count).fill(bytes));
const alert = (level: number, description: number) => Uint8Array.of(21, 3, 3, 0, 2, level, description);
const half = (length: number) => length >> 1;
const butOne = (length: number) => Math.max(length - 1, 0);
const INVALID = ['SEC_E_INVALID_TOKEN'];
const ILLEGAL = ['SEC_E_ILLEGAL_MESSAGE'];
const ALTERED = [...ILLEGAL, 'SEC_E_MESSAGE_ALTERED'];

/** What comes in place of a flight, and the statuses that it may end in. Some of it is passed over for a while. */
const NONSENSE: readonly (readonly [what: string, bytes: Uint8Array, codes: readonly string[]])[] = [
  ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), INVALID],
  ['the answer of a plain web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), INVALID],
  ['zeros', new Uint8Array(64), INVALID],
  ['a record of version 9.9', Buffer.from('160909000401000000', 'hex'), INVALID],
  ['a record that is too long', Buffer.from(`160303ffff${'00'.repeat(32)}`, 'hex'), [...INVALID, ...ILLEGAL]],
  [
    'SSL 2',
    Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex'),
    [...INVALID, ...ILLEGAL],
  ],
  ['empty records of the handshake', times(40, Uint8Array.of(22, 3, 3, 0, 0)), ILLEGAL],
  ['records of change_cipher_spec', times(40, Uint8Array.of(20, 3, 3, 0, 1, 1)), ALTERED],
  ['a fatal alert', alert(2, 40), ALTERED],
  ['warnings', times(40, alert(1, 90)), [...ALTERED, 'SEC_E_UNFINISHED_CONTEXT_DELETED']],
  ['half an alert', Uint8Array.of(21, 3, 3, 0, 1, 2), ALTERED],
  ['a message of the handshake that is none', Buffer.from('1603030006ff0000021234', 'hex'), ILLEGAL],
  ['a message that says it has 16 MB', Buffer.from(`160303000e0bffffff${'00'.repeat(10)}`, 'hex'), ILLEGAL],
  ['data in the clear', Buffer.from('170303000548656c6c6f', 'hex'), ALTERED],
];

describe('Schannel: nonsense in place of a flight', () => {
  for (const [version, protocols] of Object.entries(VERSIONS)) {
    for (const [what, bytes, codes] of NONSENSE) {
      it(`${version}: ${what}: a status at every point, an alert but for who speaks no TLS, and no context`, async () => {
        for (let flights = 1; flights <= 5; flights++) {
          const { to } = await upTo(flights, protocols);
          const error = await rejection(to.take(Uint8Array.from(bytes)));
          const point = `${to.role}, in place of flight ${flights}: ${error.message}`;
          assert.ok(codes.includes(error.code), point);
          assert.ok(!(error.cause instanceof TypeError) && !(error.cause instanceof RangeError), point);
          const said = error.token?.length ?? 0;
          const heardAlert = error.message.includes('the peer sent alert');
          // Before TLS has agreed on a version it does not know in which to answer bytes that are not its own.
          if (!heardAlert && !(flights <= 2 && error.code === 'SEC_E_INVALID_TOKEN')) assert.ok(said >= 7, point);
          if (heardAlert) assert.equal(said, 0, point);
          await assertGone(to);
        }
      });
    }

    it(`${version}: alerts in place of each flight of the handshake end it with their own status`, async () => {
      for (let flights = 2; flights <= (version === 'TLS 1.2' ? 4 : 3); flights++) {
        for (const [description, code] of [
          [42, 'SEC_E_CERT_UNKNOWN'],
          [45, 'SEC_E_CERT_EXPIRED'],
          [48, 'SEC_E_UNTRUSTED_ROOT'],
          [80, 'SEC_E_INTERNAL_ERROR'],
          [120, 'SEC_E_APPLICATION_PROTOCOL_MISMATCH'],
        ] as const) {
          const { to } = await upTo(flights, protocols);
          const error = await rejection(to.take(alert(2, description)));
          assert.equal(error.code, code, `${to.role}, flight ${flights}`);
          await assertGone(to);
        }
        const { to } = await upTo(flights, protocols);
        assert.equal((await rejection(to.take(alert(1, 0)))).code, 'SEC_E_ILLEGAL_MESSAGE');
        await assertGone(to);
      }
    });

    it(`${version}: every beginning of every flight waits for the rest`, async () => {
      for (let flights = 1; flights <= 4; flights++) {
        // Signatures make flights a byte or two longer or shorter, so that each has to be measured.
        for (const cutAt of [() => 0, () => 1, () => 4, () => 5, () => 6, half, butOne]) {
          const { to, flight } = await upTo(flights, protocols);
          const cut = cutAt(flight.length);
          if (to.done) continue;
          await to.take(flight.subarray(0, cut));
          assert.equal(to.done, false, `${to.role}, flight ${flights}, ${cut} of ${flight.length} bytes`);
          await to.take(flight.subarray(cut));
          await to.delete();
        }
      }
    });

    it(`${version}: a record after a handshake that has been cut short and filled up`, async () => {
      const { to, flight } = await upTo(2, protocols);
      const short = Uint8Array.from(flight);
      short.fill(0, short.length - 20);
      const error = await rejection(to.take(short));
      assert.ok(error.token!.length >= 7, error.message);
      await assertGone(to);
    });
  }

  it('peers that stop in the middle: their contexts expire', async () => {
    let now = Date.UTC(2030, 0, 1);
    const engine = createEngine({ environment: { now: () => now }, limits: { halfOpenLifetime: 30 } });
    const server = await Side.acquire(engine, 'server', identity(['server']));
    const [late, later] = [server.again(), server.again()];
    for (const side of [late, later]) {
      const { status, context } = await side.leg(Uint8Array.of(22, 3, 1));
      assert.equal(status, SEC_E.INCOMPLETE_MESSAGE);
      side.context = context;
    }
    now += 29_000;
    assert.equal((await late.leg(Uint8Array.of(22, 3, 1))).status, SEC_E.INCOMPLETE_MESSAGE);
    now += 2000;
    for (const side of [late, later]) {
      assert.equal((await rejection(side.leg(Uint8Array.of(22, 3, 1)))).code, 'SEC_E_CONTEXT_EXPIRED');
      await side.delete();
    }
  });
});
