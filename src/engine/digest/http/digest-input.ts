import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';
import type { Authorization } from './authorization.js';
import type { DigestInput } from './computation.js';
import { badParameter, type RequestBuffers } from './request-buffers.js';
import { sameTarget } from './request-target.js';

/**
 * What the digest of a request must be made over, on the server. Throws SEC_E_MESSAGE_ALTERED where the `uri` directive is not the
 * request's target.
 */
export function digestInput(
  request: RequestBuffers,
  authorization: Authorization,
  algorithm: Algorithm,
  qop: HttpDigestQop,
): DigestInput {
  const { nonce, nc, cnonce, uri } = authorization;
  if (request.target !== undefined && !sameTarget(uri, request.target)) {
    throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the digest is for another request target', {
      hint: 'The client, or a proxy before this server, has changed the target of the request.',
    });
  }
  const input = { nonce, nc, cnonce, qop, method: methodOf(request), uri };
  return qop === 'auth-int' ? { ...input, entityHash: entityHashOf(request, algorithm) } : input;
}

export function methodOf({ method }: RequestBuffers): string {
  if (method === undefined) throw badParameter('the method of the request is missing');
  return method;
}

/** `H(entity-body)` of the algorithm, as the caller has it or out of the body itself. */
export function entityHashOf({ entityHash, entity }: RequestBuffers, algorithm: Algorithm): string {
  if (entity) return algorithm.hash(entity);
  const digits = algorithm.hashBits / 4;
  const hash = entityHash?.toLowerCase() ?? '';
  if (hash.length !== digits || !/^[0-9a-f]*$/.test(hash)) {
    throw badParameter(
      `auth-int needs H(entity-body) of ${algorithm.base}, ${digits} hex digits, or the body as a DATA buffer`,
    );
  }
  return hash;
}
