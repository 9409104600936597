import { compile } from '../run/compile.js';

/** The scriptable libsasl2 program, compiled when needed. */
export function saslPeerProgram(): Promise<string> {
  return compile('test/peers/cyrus/sasl-peer.c', 'sasl-peer', ['-lsasl2']);
}

/**
 * The environment in which a program on libsasl2 2.1.28 and OpenSSL 3 can use the 3des cipher of DIGEST-MD5, for it
 * refuses that cipher otherwise.
 */
export async function desParityEnvironment(): Promise<Record<string, string>> {
  const options = ['-shared', '-fPIC', '-lcrypto'];
  return { LD_PRELOAD: await compile('test/peers/cyrus/des-parity.c', 'des-parity.so', options) };
}
