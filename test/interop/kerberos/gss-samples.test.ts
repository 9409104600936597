import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ASC_RET, ISC_REQ } from 'secur32/raw';
import { GssServer, runGssClient, SAMPLE, SampleConnection } from '../../peers/krb5/gss-samples.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import type { RunResult } from '../../peers/run/run-command.js';
import { closeAfterEach } from './closing.js';
import { userName } from './gss-exchange.js';
import { engineFor, Side } from './side.js';

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH, SEQUENCE_DETECT } = ISC_REQ;
const USUAL = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH | SEQUENCE_DETECT;
/** Of RFC 2744, and of SSPI. */
const FLAGS = [
  ['GSS_C_DELEG_FLAG', ISC_REQ.DELEGATE],
  ['GSS_C_MUTUAL_FLAG', MUTUAL_AUTH],
  ['GSS_C_SEQUENCE_FLAG', SEQUENCE_DETECT],
  ['GSS_C_CONF_FLAG', CONFIDENTIALITY],
  ['GSS_C_INTEG_FLAG', INTEGRITY],
] as const;
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (value: Uint8Array): string => Buffer.from(value).toString();

describe('Kerberos with the sample programs of MIT krb5', () => {
  requirePeer('mit-kdc', 'gss-samples');
  const kdc = usePeer(async () => {
    const started = await MitKdc.start();
    await started.kinit('alice', 'pw-alice', ['-f']);
    return started;
  });
  const keep = closeAfterEach();

  describe('gss-client logs on to us', () => {
    interface Served {
      readonly user: string;
      readonly attributes: number;
      readonly message: string;
      readonly flags: number;
    }

    /** Serves one connection: the context, one message, its signature. */
    async function serve(packageName: string, args: readonly string[]): Promise<Served & { client: RunResult }> {
      const side = keep(await Side.open(engineFor(kdc()), 'server', { package: packageName }));
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = runGssClient((server.address() as AddressInfo).port, 'hello', { env: kdc().environment, args });
      try {
        const [socket] = await once(server, 'connection');
        using connection = new SampleConnection(socket);
        assert.equal((await connection.receive()).flags, SAMPLE.NOOP | SAMPLE.CONTEXT_NEXT);
        for (let done = false; !done; ) {
          const { data } = await connection.receive();
          const step = await side.step(data);
          done = step.done;
          if (step.token) connection.send(SAMPLE.CONTEXT, step.token);
        }
        const { data, flags } = await connection.receive();
        const message = flags & SAMPLE.WRAPPED ? (await side.unwrap(data)).data : data;
        if (flags & SAMPLE.SEND_MIC) connection.send(SAMPLE.MIC, await side.mic(message));
        else connection.send(SAMPLE.NOOP);
        const result = { user: await userName(side), attributes: side.attributes, message: text(message), flags };
        return { ...result, client: await client };
      } finally {
        server.close();
      }
    }

    for (const { what, args, packageName = 'Kerberos' } of [
      { what: 'as it does by itself', args: [] },
      { what: 'with sequence numbers', args: ['-seq'] },
      { what: 'without mutual authentication', args: ['-nomutual'] },
      { what: 'with its tickets', args: ['-d'] },
      { what: 'by SPNEGO', args: ['-spnego'], packageName: 'Negotiate' },
      {
        what: 'by SPNEGO, with its tickets and sequence numbers',
        args: ['-spnego', '-d', '-seq'],
        packageName: 'Negotiate',
      },
      { what: 'with a message that is signed alone', args: ['-nx'] },
    ]) {
      it(what, async () => {
        const { attributes, client, flags, message, user } = await serve(packageName, args);
        assert.equal(client.code, 0, client.stderr + client.stdout);
        assert.deepEqual([user, message], [`${kdc().name}\\alice`, 'hello']);
        assert.match(client.stdout, /Signature verified\./);
        assert.equal((attributes & ASC_RET.MUTUAL_AUTH) !== 0, !args.includes('-nomutual'));
        assert.equal((attributes & ASC_RET.DELEGATE) !== 0, args.includes('-d'));
        assert.equal((flags & SAMPLE.ENCRYPTED) !== 0, !args.includes('-nx'));
      });
    }
  });

  describe('we log on to gss-server', () => {
    for (const { what, contextReq, packageName = 'Kerberos' } of [
      { what: 'with mutual authentication', contextReq: USUAL },
      { what: 'without', contextReq: CONFIDENTIALITY | INTEGRITY },
      { what: 'and delegate', contextReq: USUAL | ISC_REQ.DELEGATE },
      { what: 'by SPNEGO', contextReq: USUAL, packageName: 'Negotiate' },
    ]) {
      it(what, async () => {
        const options = { authData: ALICE, contextReq, targetName: 'host/localhost', package: packageName };
        const side = keep(await Side.open(engineFor(kdc()), 'client', options));
        const server = keep(await GssServer.start({ env: kdc().environment }));
        const { connection } = server;
        connection.send(SAMPLE.NOOP | SAMPLE.CONTEXT_NEXT);
        for (let { done, token } = await side.step(); ; ) {
          if (token) connection.send(SAMPLE.CONTEXT, token);
          if (done) break;
          ({ done, token } = await side.step((await connection.receive()).data));
        }
        const wanted = SAMPLE.DATA | SAMPLE.WRAPPED | SAMPLE.ENCRYPTED | SAMPLE.SEND_MIC;
        connection.send(wanted, await side.wrap(bytes('how do you do')));
        const { data, flags } = await connection.receive();
        assert.equal(flags, SAMPLE.MIC);
        await side.verify(bytes('how do you do'), data);
        connection.send(SAMPLE.NOOP);
        const log = await server.log();
        assert.match(log, /Accepted connection using mechanism OID \{ 1 2 840 113554 1 2 2 \}/);
        assert.match(log, /Received message: "how do you do"/);
        for (const [flag, bit] of FLAGS)
          assert.equal(log.includes(`context flag: ${flag}`), (contextReq & bit) !== 0, flag);
      });
    }
  });
});
