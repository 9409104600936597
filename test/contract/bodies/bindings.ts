import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ASC_REQ, channelBindings, SECBUFFER, type SecBuffer } from 'secur32/raw';
import type { Mechanism } from '../mechanisms.js';
import type { Pair } from '../pairs.js';
import { connect, SEALED } from '../sides.js';

/** What the channel around the exchange has to do with it (SECBUFFER_CHANNEL_BINDINGS). */
export function bindingTests(pair: Pair, mechanism: Mechanism): void {
  async function logOn(client: SecBuffer[], server: SecBuffer[], contextReq: number = SEALED.server): Promise<void> {
    const made = await connect(pair, mechanism, { input: client }, { input: server, contextReq });
    assert.ok(made.client.done && made.server.done);
  }
  const refused = { code: 'SEC_E_BAD_BINDINGS', syscall: 'AcceptSecurityContext', provider: pair.server } as const;

  pair.it('that are equal are taken', () => logOn([bindings('a')], [bindings('a')]));

  pair.it('that differ are refused', async () => {
    await assert.rejects(logOn([bindings('a')], [bindings('b')]), refused);
  });

  pair.it('that only the client has do not matter', () => logOn([bindings('a')], []));

  pair.it('that only the server has are refused', async () => {
    await assert.rejects(logOn([], [bindings('a')]), refused);
  });

  pair.it('that only the server has are taken where the client need not have any', () =>
    logOn([], [bindings('a')], SEALED.server | ASC_REQ.ALLOW_MISSING_BINDINGS),
  );
}

function bindings(name: string): SecBuffer {
  const applicationData = Buffer.from(`tls-server-end-point:${name}`);
  return { type: SECBUFFER.CHANNEL_BINDINGS, data: channelBindings({ applicationData }) };
}
