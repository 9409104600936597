import { request as httpsRequest } from 'node:https';
import { concatBytes } from '../../bytes/concat.js';
import { boundedExchange } from './settle.js';
import type { HttpsExchangeOptions } from './transport.js';

/** [MS-KKDCP] 2.1: a POST, answered with 200. Redirections are not followed. */
export function httpsExchange(url: string, request: Uint8Array, options: HttpsExchangeOptions): Promise<Uint8Array> {
  return boundedExchange(url, options, ({ resolve, reject }) => {
    const outgoing = httpsRequest(url, {
      method: 'POST',
      agent: false,
      headers: {
        'Content-Type': 'application/kerberos',
        'Content-Length': request.length,
        'Cache-Control': 'no-cache',
      },
      ...(options.roots && { ca: [...options.roots] }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', response => {
      if (response.statusCode !== 200) {
        reject(new Error(`the KDC proxy answered with status ${response.statusCode}`));
        return;
      }
      const chunks: Uint8Array[] = [];
      let length = 0;
      response.on('data', (chunk: Uint8Array) => {
        length += chunk.length;
        if (length > options.maxLength) reject(new Error(`the answer is longer than ${options.maxLength} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve(concatBytes(...chunks)));
    });
    outgoing.end(request);
    return () => outgoing.destroy();
  });
}
