import type { StatusTexts } from './text.js';

/** Statuses about the call itself: handles, buffers, arguments, packages, this machine. */
export const CALL_TEXTS: StatusTexts = {
  SEC_E_INSUFFICIENT_MEMORY: {
    message: 'There is not enough memory for the call.',
    hint: 'Look for contexts and credentials that are never deleted, and at the memory limit of the process or container.',
  },
  SEC_E_INVALID_HANDLE: {
    message: 'The credential or context handle is not valid, or not for this call.',
    hint: 'Check that it was not freed or deleted before, that the provider is the one that made it, that the exchange had come far enough for this call, and that Sasl options go to contexts made by a Sasl call.',
  },
  SEC_E_UNSUPPORTED_FUNCTION: {
    message: 'The package has no such function, flag, attribute or option.',
    hint: 'Compare the capabilities that `npx secur32 packages` lists with what is asked for, and leave out the flag or attribute, or use another package. TLS: the two sides may share no protocol version.',
  },
  SEC_E_INTERNAL_ERROR: {
    message:
      'The Local Security Authority could not be reached, or the package failed in a way that has no status of its own.',
    hint: 'Read the cause of the error; on Windows, the System log (sources LsaSrv, Schannel, Security-Kerberos) around that time.',
  },
  SEC_E_SECPKG_NOT_FOUND: {
    message: 'There is no security package or SASL profile of that name.',
    hint: 'Take the exact name from `npx secur32 packages` or `npx secur32 profiles`: WDigest, not Digest.',
  },
  SEC_E_BAD_PKGID: {
    message: 'There is no security package with that identifier.',
    hint: 'Address packages by name; an identifier can differ from machine to machine and from start to start.',
  },
  SEC_E_CANNOT_INSTALL: {
    message: 'The security package could not be initialised, so it is not installed.',
    hint: 'On Windows, check the entry under HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa, value "Security Packages", and the System log of the last start.',
  },
  SEC_E_CANNOT_PACK: {
    message: 'The package cannot put this context or logon data into a buffer.',
    hint: 'Hand over the connection instead of the context, or use a package that can be exported; establish the context in the process that needs it.',
  },
  SEC_E_NOT_OWNER: {
    message: 'The credential belongs to somebody else.',
    hint: 'Acquire it as the user who owns it. A principal other than your own, or the logon session of another user, takes the privileges of the system (SeTcbPrivilege).',
  },
  SEC_E_NO_IMPERSONATION: {
    message: 'The context does not allow the server to impersonate its client.',
    hint: 'Go on without the rights of the client. To get them: the client must not ask for IDENTIFY, and the service account needs SeImpersonatePrivilege (`whoami /priv`).',
  },
  SEC_E_BUFFER_TOO_SMALL: {
    message: 'A buffer is too small for what the call has to write.',
    hint: 'Size it from SECPKG_ATTR.SIZES or STREAM_SIZES, tokens from maxToken of the package; a SASL option says how many bytes it needs.',
  },
  SEC_E_EXT_BUFFER_TOO_SMALL: {
    message: 'The buffer for a TLS extension is too small.',
    hint: 'Make the buffer of the extension larger; the others are not concerned.',
  },
  SEC_E_INSUFFICIENT_BUFFERS: {
    message: 'The call was given fewer buffers than it needs.',
    hint: 'Add the missing buffers in the documented order: for Schannel encryptMessage STREAM_HEADER, DATA, STREAM_TRAILER, EMPTY; for decryptMessage DATA and three EMPTY.',
  },
  SEC_E_INVALID_PARAMETER: {
    message: 'One of the arguments is not valid.',
    hint: 'Check flags that exclude each other, an empty targetName, lengths, and the kind of authData against the documentation of the package.',
  },
  SEC_E_NO_CONTEXT: {
    message: 'The call needs a security context that does not exist.',
    hint: 'Make the first call without a context and pass on the one it returns; after a failure begin anew.',
  },
  SEC_E_WRONG_CREDENTIAL_HANDLE: {
    message: 'The context was begun with another credential.',
    hint: 'Use one credential for all legs of a context; servers with several credentials must remember which one each connection began with.',
  },
  SEC_E_NO_IP_ADDRESSES: {
    message: 'The local machine has no IP address.',
    hint: 'Bring up the network: `ip addr` or `ipconfig` must show an address other than loopback.',
  },
  SEC_E_SHUTDOWN_IN_PROGRESS: {
    message: 'The system is shutting down.',
    hint: 'Stop accepting connections and try again after the restart.',
  },
  SEC_E_ONLY_HTTPS_ALLOWED: {
    message: 'The address is not an https address, and no other is allowed.',
    hint: 'Write https:// in the setting that names the server, such as SECPKG_CRED_ATTR.KDC_PROXY_SETTINGS, and give that server a certificate.',
  },
  SEC_I_NO_LSA_CONTEXT: {
    message: 'The context has no counterpart in the Local Security Authority.',
    hint: 'Go on: it is information, not a failure. Should a later call on the context fail, report this status along with it.',
  },
  SEC_I_ASYNC_CALL_PENDING: {
    message: 'The call was started asynchronously and is not finished.',
    hint: 'Wait until SspiGetAsyncCallStatus gives its result. The Sspi...Async functions are for kernel mode, so no promise of this library ends with it in normal use.',
  },
};
