/**
 * An LDAP server that knows alice. Compile the examples with `npm run build:all`, start it with `node build/examples/ldap/main.js`, and ask it
 * who you are: `ldapwhoami -H ldap://localhost:3389 -Y DIGEST-MD5 -U alice -w 'open sesame'`.
 */
import { hostname } from 'node:os';
import { Credential } from 'secur32';
import { memoryAccounts } from 'secur32/engine';
import { initSecurityInterface } from 'secur32/raw';
import { createLdapResponder } from './responder.js';

const accounts = memoryAccounts([{ user: 'alice', password: 'open sesame' }]);
const sspi = initSecurityInterface({ engine: { accounts } });
const credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });

createLdapResponder({
  credentials: new Map([['DIGEST-MD5', credential]]),
  // OpenLDAP's clients take the host's own name for localhost unless they are told not to (-N).
  hosts: ['localhost', hostname()],
  bound: ({ identity, layer }) => console.log(`${identity.name} is bound, layer: ${layer}`),
}).listen(3389, 'localhost');
