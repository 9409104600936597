import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { tokenBuffer } from 'secur32/raw';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES, identityOf, PERSON } from '../people.js';
import { clientSide, connect, serverSide } from '../sides.js';

const NO_TOKENS = {
  noise: Buffer.from('this is not a message of NTLM, but long enough to be one'),
  'the beginning of a message': Buffer.from('NTLMSSP\0'),
} as const;

describePairs('NTLM: refusals', ENGINES, pair => {
  const logOn = (authData = identityOf()) => connect(pair, NTLM, { authData });
  const denied = { code: 'SEC_E_LOGON_DENIED', syscall: 'AcceptSecurityContext', provider: pair.server } as const;

  pair.it('of a wrong password', async () => {
    await assert.rejects(logOn(identityOf({ password: 'wrong' })), denied);
  });

  pair.it('of an empty password', async () => {
    await assert.rejects(logOn(identityOf({ password: '' })), denied);
  });

  pair.it('of a password in other letters', async () => {
    await assert.rejects(logOn(identityOf({ password: PERSON.password.toUpperCase() })), denied);
  });

  pair.it('of somebody whom the server does not know', async () => {
    await assert.rejects(logOn(identityOf({ user: 'mallory' })), denied);
  });

  for (const [what, token] of Object.entries(NO_TOKENS)) {
    pair.it(`of ${what} as a client's first message`, async () => {
      const { serverTable: table } = pair;
      const { credential } = await table.acquireCredentialsHandle(serverSide(pair, NTLM).credential);
      const call = { credential, input: [tokenBuffer(token)], contextReq: 0 };
      await assert.rejects(table.acceptSecurityContext(call), { code: 'SEC_E_INVALID_TOKEN' });
      await table.freeCredentialsHandle(credential);
    });

    pair.it(`of ${what} as a server's answer`, async () => {
      const { clientTable: table } = pair;
      const { credential: call, contextReq, targetName } = clientSide(pair, NTLM);
      const { credential } = await table.acquireCredentialsHandle(call);
      const leg = { credential, contextReq, targetName };
      const { context } = await table.initializeSecurityContext(leg);
      await assert.rejects(table.initializeSecurityContext({ ...leg, context, input: [tokenBuffer(token)] }), {
        code: 'SEC_E_INVALID_TOKEN',
      });
      await table.deleteSecurityContext(context);
      await table.freeCredentialsHandle(credential);
    });
  }
});
