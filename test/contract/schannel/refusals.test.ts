import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SCH_CRED, SspiError, tokenBuffer } from 'secur32/raw';
import { pem } from '../../engine/schannel/certificates.js';
import { describePairs } from '../pairs.js';
import { CERTIFICATE, Connection, type ConnectionTerms, serverData } from './connection.js';
import { NO_OPTIONS } from './versions.js';

const CHECKED = { clientFlags: SCH_CRED.AUTO_CRED_VALIDATION } as const;

describePairs('Schannel: refusals', NO_OPTIONS, pair => {
  /** What the client says of a connection that it refuses. */
  async function refusal(terms: ConnectionTerms): Promise<string | undefined> {
    const failure = await pair.keep(Connection.make(pair, terms)).then(
      () => undefined,
      (error: AggregateError) => error,
    );
    assert.ok(failure, 'it goes through');
    const own = failure.errors.find(
      error => error instanceof SspiError && error.syscall === 'InitializeSecurityContext',
    );
    return own?.code;
  }

  pair.it('none of a server that the client trusts', async () => {
    const made = await pair.keep(Connection.make(pair, { ...CHECKED, roots: [pem(`${CERTIFICATE}.pem`)] }));
    assert.ok(made.client.context);
  });

  pair.it('of a certificate for which no root stands', async () => {
    assert.equal(await refusal(CHECKED), 'SEC_E_UNTRUSTED_ROOT');
  });

  pair.it('of a server with another name', async () => {
    assert.equal(
      await refusal({ ...CHECKED, roots: [pem(`${CERTIFICATE}.pem`)], targetName: 'elsewhere.example' }),
      'SEC_E_WRONG_PRINCIPAL',
    );
  });

  pair.it('of plain HTTP at a server', async () => {
    const { serverTable: table } = pair;
    const { credential } = await table.acquireCredentialsHandle({
      ...{ package: 'Schannel', credentialUse: 'inbound', authData: serverData() },
    });
    const input = [tokenBuffer(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))];
    await assert.rejects(table.acceptSecurityContext({ credential, input, contextReq: 0 }), {
      syscall: 'AcceptSecurityContext',
      code: 'SEC_E_INVALID_TOKEN',
    });
    await table.freeCredentialsHandle(credential);
  });
});
