import process from 'node:process';
import { WINE } from '../native/windows/under-wine.js';
import { alice } from '../peers/accounts.js';
import { MitKdc } from '../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import type { PairEngines } from './pairs.js';
import { ENGINES } from './people.js';

/**
 * A realm with a ticket of alice and keys of services, as the first line of a `describe` body. Under Wine its variables are those
 * of the process, as both providers must find the same one. Answers engines that are members of it.
 */
export function useRealm(): () => PairEngines {
  if (WINE !== undefined) return () => enginesOf(process.env);
  requirePeer('mit-kdc');
  const kdc = usePeer(async () => {
    const started = await MitKdc.start();
    await started.kinit(alice.user, alice.password);
    return started;
  });
  return () => enginesOf(kdc().environment);
}

function enginesOf(variables: NodeJS.ProcessEnv): PairEngines {
  return {
    client: { environment: { ...ENGINES.client.environment, variables } },
    server: { ...ENGINES.server, environment: { ...ENGINES.server.environment, variables } },
  };
}
