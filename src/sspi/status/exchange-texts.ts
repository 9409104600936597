import type { StatusTexts } from './text.js';

/** Statuses of the token exchange and of protected messages. */
export const EXCHANGE_TEXTS: StatusTexts = {
  SEC_E_OK: {
    message: 'The call succeeded.',
    hint: 'Send the output token if there is one; after the last leg check contextAttr, since a service that was asked for can be missing from it.',
  },
  SEC_I_CONTINUE_NEEDED: {
    message: 'This leg is done and the exchange goes on.',
    hint: 'Send the output token, which may be empty, and call again on the same context with the reply of the peer.',
  },
  SEC_I_COMPLETE_NEEDED: {
    message: 'The exchange ends here, once the token has been completed (Digest).',
    hint: 'Call completeAuthToken with the output token; only its SEC_E_OK means that the peer is authenticated.',
  },
  SEC_I_COMPLETE_AND_CONTINUE: {
    message: 'The token has to be completed before it is sent, and the exchange goes on (Digest).',
    hint: 'Call completeAuthToken, send the output token, then call again with the reply of the peer.',
  },
  SEC_I_LOCAL_LOGON: {
    message: 'The logon was granted from data cached on this machine; no domain controller was asked.',
    hint: 'Expect old group memberships and an old password; `nltest /dsgetdc:DOMAIN` shows whether a domain controller can be found.',
  },
  SEC_I_GENERIC_EXTENSION_RECEIVED: {
    message: 'A TLS extension that this side had subscribed to has arrived.',
    hint: 'Inspect the extension, then call again to go on with the handshake. It occurs only with SECBUFFER.SUBSCRIBE_GENERIC_TLS_EXTENSION.',
  },
  SEC_I_CONTEXT_EXPIRED: {
    message: 'The peer has closed the TLS session with close_notify.',
    hint: 'Use the data that came with it, then close too: applyControlToken with SCHANNEL.SHUTDOWN, one more leg, send its token, deleteSecurityContext.',
  },
  SEC_E_CONTEXT_EXPIRED: {
    message: 'The context has run out or was closed.',
    hint: 'Delete it and establish a new one. If a new one ends at once, compare the ticket times of `klist` with the clock; with TLS 1.3, answer SEC_I_RENEGOTIATE before the next message.',
  },
  SEC_E_INCOMPLETE_MESSAGE: {
    message: 'The input stops in the middle of a message.',
    hint: 'Read more bytes, as many as a SECBUFFER.MISSING buffer says, and call again with the whole input from its start: nothing was consumed.',
  },
  SEC_I_RENEGOTIATE: {
    message: 'Handshake data arrived among the TLS records: a renegotiation, a session ticket or a key update.',
    hint: 'Give the SECBUFFER.EXTRA bytes (without EXTRA, those of DATA) to the handshake call as a TOKEN, send what it returns, then go on decrypting.',
  },
  SEC_I_NO_RENEGOTIATION: {
    message: 'The peer refused to renegotiate the TLS session.',
    hint: 'Go on with the session as it is, or open a new connection with what you wanted to change, such as a client certificate.',
  },
  SEC_I_MESSAGE_FRAGMENT: {
    message: 'The output token is one fragment of a larger message.',
    hint: 'Send it and call again without input, until another status comes back.',
  },
  SEC_I_CONTINUE_NEEDED_MESSAGE_OK: {
    message: 'The handshake goes on, and messages can already be protected.',
    hint: 'Send the output, start to use encryptMessage if you like, and call again with the reply. It occurs only with ISC_REQ.MESSAGES or ASC_REQ.MESSAGES.',
  },
  SEC_E_INVALID_TOKEN: {
    message:
      'The token is malformed, belongs to another mechanism or step, or a buffer that the call needs is missing.',
    hint: 'Check that whole tokens arrive, in order and with base64 already decoded, that both sides use the same package (NTLM tokens begin with "NTLMSSP"), and that a SECBUFFER.TOKEN buffer is there.',
  },
  SEC_E_MESSAGE_ALTERED: {
    message: 'The signature does not match: the message was changed on its way, or the two sides hold different keys.',
    hint: 'Close the connection. If it fails on the first message, check that the bytes arrive unchanged, each buffer in its place, and that both sides agreed on the same quality of protection.',
  },
  SEC_E_OUT_OF_SEQUENCE: {
    message: 'A message is missing, repeated or out of order.',
    hint: 'Close the connection, then look for messages that were dropped, sent twice or verified in another order than they were signed; Digest: the nc of each request is one more than the last.',
  },
  SEC_E_ENCRYPT_FAILURE: {
    message: 'The message could not be encrypted.',
    hint: 'Give up this context. If it repeats, check that buffer types, order and sizes are those of the package (SECPKG_ATTR.SIZES or STREAM_SIZES), and read the cause of the error.',
  },
  SEC_E_DECRYPT_FAILURE: {
    message: 'The data could not be decrypted.',
    hint: 'Close the connection: the keys differ or bytes were lost. Feed decryptMessage each received byte once, unread EXTRA bytes before newer ones.',
  },
  SEC_E_ILLEGAL_MESSAGE: {
    message: 'The peer sent a message that is badly formed or not expected at this point.',
    hint: 'Check that the port really speaks TLS from its first byte: `openssl s_client -connect host:port` (with `-starttls` for SMTP, IMAP or LDAP). A TLS alert of the peer also ends here; its own log tells why.',
  },
  SEC_E_ALGORITHM_MISMATCH: {
    message:
      'The two sides have no algorithm in common; from a Sasl function: the client may not name an authorization identity.',
    hint: 'TLS: compare protocol versions and cipher suites (`Get-TlsCipherSuite`, `openssl s_client`). SASL: log on without an authzid, or set SASL_OPTION.AUTHZ_PROCESSING to SASL_AUTHZID_STATE.PROCESSED.',
  },
  SEC_E_APPLICATION_PROTOCOL_MISMATCH: {
    message: 'Client and server have no application protocol (ALPN) in common.',
    hint: 'Compare the two lists, for instance h2 against http/1.1: `openssl s_client -alpn h2,http/1.1 -connect host:port` shows what the server picks.',
  },
  SEC_E_QOP_NOT_SUPPORTED: {
    message: 'The context cannot give the protection that was asked for.',
    hint: 'Ask for CONFIDENTIALITY or INTEGRITY when the context is established, check contextAttr for it, and pass only a qop that the package knows (0, or SECQOP.WRAP_NO_ENCRYPT).',
  },
  SEC_E_CRYPTO_SYSTEM_INVALID: {
    message: 'A cipher or checksum that the context needs is not available on this machine.',
    hint: 'Look for a policy that switches it off, such as FIPS mode (`sysctl crypto.fips_enabled`; on Windows the "Use FIPS compliant algorithms" policy), or let both sides agree on another cipher.',
  },
  SEC_E_STRONG_CRYPTO_NOT_SUPPORTED: {
    message: 'The peer demands stronger cryptography than this side has.',
    hint: 'Allow stronger encryption here: current TLS versions, AES for Kerberos, 128-bit session security for NTLM. Lowering what the peer demands is the wrong end.',
  },
  SEC_E_UNFINISHED_CONTEXT_DELETED: {
    message: 'The context was deleted before the exchange was complete, which counts as a failed logon.',
    hint: 'Find out who hung up: a client that gave up, a timeout, or an earlier error on either side. The step before this one holds the reason.',
  },
};
