import { TLSSocket } from 'node:tls';

/**
 * What is used of node:tls that its documentation does not have. Node.js puts a stream of its own between TLS and a Duplex
 * (lib/internal/js_stream_socket.js), which tells TLS of the end of a write in a later turn of the event loop, and TLS takes nothing to
 * write until then. Told at once, TLS does all of its work before a call returns.
 *
 * These parts are the same in Node.js 20, 22, 24 and 26. Where they are not as they are described here, {@link privateParts} has none, and
 * everything goes the documented way, which takes longer.
 */
export interface PrivateParts {
  /** Tells TLS that what it has written is out. */
  finishWrite(): void;
  /** What is wrong with the peer's chain: a code of OpenSSL's; undefined for nothing. */
  chainError(): string | undefined;
  /** Frees what OpenSSL holds of the connection, its keys with it, which would be freed in a later turn otherwise. */
  free(): void;
}

type SessionSetter = (this: TLSSocket, session: Uint8Array) => void;

interface TlsHandle {
  readonly _parent: object;
  readonly _parentWrap: { finishWrite(handle: object, status: number): void };
  verifyError(): { readonly code?: string } | null | undefined;
  destroySSL(): void;
}

/** Undefined where this Node.js does not have them. */
export function privateParts(socket: TLSSocket): PrivateParts | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle: unknown };
  if (documentedOnly || !isTlsHandle(handle)) return undefined;
  const { _parent: stream, _parentWrap: wrap } = handle;
  return {
    finishWrite: () => wrap.finishWrite(stream, 0),
    chainError: () => handle.verifyError()?.code,
    free: () => handle.destroySSL(),
  };
}

/**
 * Gives a client's socket that has not begun the session to resume: as an option of tls.connect it is read twice, which takes a tenth of a
 * resumed handshake. Undefined where this Node.js does not have it.
 */
export function sessionSetter(): SessionSetter | undefined {
  const { setSession } = TLSSocket.prototype as { setSession?: SessionSetter };
  return documentedOnly ? undefined : setSession;
}

/** For tests: what would be where Node.js has no such parts. Returns how to end that. */
export function withoutPrivateParts(): () => void {
  documentedOnly = true;
  return () => {
    documentedOnly = false;
  };
}

let documentedOnly = false;

function isTlsHandle(handle: unknown): handle is TlsHandle {
  const { _parent: stream, _parentWrap: wrap, verifyError, destroySSL } = (handle ?? {}) as Partial<TlsHandle>;
  return (
    typeof stream === 'object' &&
    typeof wrap?.finishWrite === 'function' &&
    typeof verifyError === 'function' &&
    typeof destroySSL === 'function'
  );
}
