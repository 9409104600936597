import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { Credential } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { startSaslServer } from '#dist/cli/imap/start-sasl-server.js';
import { parseAccounts } from '#dist/engine/accounts/accounts-file.js';
import { parseChannelBindings } from '#dist/sspi/channel-bindings.js';
import { BerError } from '../../examples/ldap/ber.js';
import { takeMessage } from '../../examples/ldap/messages.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { RawImap } from '../cli/raw-imap.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 2000, interruptAfterTimeLimit: 10_000 };

const SECRET = 'sesame';

describe('Fuzzing: what is no digest message', () => {
  it('SEC_CHANNEL_BINDINGS: any bytes are read within their bounds, or refused', () => {
    const number = fc.oneof(fc.nat(64), fc.constantFrom(0x7fff_ffff, 0xffff_ffff));
    const header = fc.array(number, { minLength: 8, maxLength: 8 }).map(numbers => Uint32Array.from(numbers));
    const bytes = fc
      .tuple(header, fc.uint8Array({ maxLength: 64 }))
      .map(([numbers, rest]) => Buffer.concat([new Uint8Array(numbers.buffer), rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), bytes), data => {
        try {
          const { acceptorAddress, applicationData, initiatorAddress } = parseChannelBindings(data);
          for (const part of [acceptorAddress, applicationData, initiatorAddress]) {
            assert.ok(part.length <= data.length - 32);
          }
        } catch (error) {
          assert.ok(error instanceof MalformedBytesError, String(error));
        }
      }),
      bounds,
    );
  });

  it('account files: any text is read, or refused without a word of what it holds', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ':',
        '\n',
        '[',
        ']',
        '{',
        '}',
        '"',
        ',',
        '#',
        SECRET,
        '"user"',
        '"password"',
        'null',
        '__proto__',
      ),
      fc.constantFrom('a'.repeat(32), '0'.repeat(64), '[U  ]', 'X'.repeat(32), '"digestHashes"', '"hash"', '"realm"'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        try {
          for (const { user } of parseAccounts(pieces.join(''), 'the file')) assert.equal(typeof user, 'string');
        } catch (error) {
          assert.match(`${error}`, /^Error: the file/);
          assert.ok(!`${error}`.includes(SECRET));
        }
      }),
      bounds,
    );
  });

  it('LDAP messages of the example: any bytes are one, or the beginning of one, or refused', () => {
    const tag = fc.constantFrom(0x30, 0x02, 0x04, 0x60, 0x77, 0xa3, 0x80, 0x81, 0x84, 0xff, 0, 1, 3);
    const bytes = fc.array(fc.oneof(tag, fc.nat(255)), { maxLength: 40 }).map(octets => Uint8Array.from(octets));
    fc.assert(
      fc.property(bytes, data => {
        try {
          const taken = takeMessage(data);
          if (taken) assert.ok(taken.rest.length < data.length);
        } catch (error) {
          assert.ok(error instanceof BerError, String(error));
        }
      }),
      bounds,
    );
  });
});

describe('Fuzzing: servers', () => {
  const sspi = createEngine({ accounts: memoryAccounts([{ user: 'alice', password: SECRET }]) });
  const few = { numRuns: 100, interruptAfterTimeLimit: 20_000 };

  /** Says it all at once, and waits until the server has ended the connection. */
  async function sayAll(port: number, bytes: Uint8Array): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.end(bytes);
    let heard = '';
    try {
      for await (const chunk of socket) heard += (chunk as Buffer).toString('latin1');
    } catch {
      // The server may cut the connection off.
    }
    return heard;
  }

  it('the IMAP server takes any lines, says OK to no logon, and goes on', async () => {
    const server = await startSaslServer(sspi, {});
    try {
      const piece = fc.oneof(
        fc.constantFrom('a AUTHENTICATE DIGEST-MD5', 'a AUTHENTICATE', ' =', ' ', '\r\n', '\n', '*', '+', '{5}', '\0'),
        fc.constantFrom('b NOOP', 'c LOGOUT', 'd LOGIN alice sesame', 'QUFB', 'cmVhbG09', '====', '\xff', '"'),
        fc.string({ unit: 'binary-ascii', maxLength: 6 }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async pieces => {
          const heard = await sayAll(server.port, Buffer.from(pieces.join(''), 'latin1'));
          assert.match(heard, /^\* OK /);
          assert.doesNotMatch(heard, /logged on/);
        }),
        few,
      );
      await using client = await RawImap.connect(server.port);
      assert.match(await client.say('a NOOP'), /^a OK/);
    } finally {
      await server.close();
    }
  });

  it('the LDAP responder of the examples takes any bytes, and goes on', async () => {
    await using credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
    const server = createLdapResponder({ credentials: new Map([['DIGEST-MD5', credential]]), hosts: ['localhost'] });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      // The BindRequest of a SASL logon without credentials.
      const bind = Buffer.from('301802010160130201030400a30c040a4449474553542d4d4435', 'hex');
      const changed = fc
        .array(fc.tuple(fc.nat(bind.length - 1), fc.nat(255)), { maxLength: 4 })
        .map(edits => edits.reduce((copy, [at, value]) => copy.fill(value, at, at + 1), Buffer.from(bind)));
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 40 }), changed), async bytes => {
          await sayAll(port, bytes);
        }),
        few,
      );
      assert.match(await sayAll(port, bind), /nonce=/);
    } finally {
      server.close();
    }
  });
});
