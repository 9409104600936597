/** How the NTLM package behaves. */
export interface NtlmOptions {
  /**
   * Names besides `localhost` and those of `environment.host` by which clients of this process may reach servers of this same process.
   * Under any other name such a logon is a reflected one, and the client refuses it.
   */
  readonly loopbackNames?: readonly string[];
  /** True: servers refuse clients whose AUTHENTICATE carries no MIC (`curl --ntlm` for one). */
  readonly requireMic?: boolean;
  /** Seconds that a client's clock may be off; 129,600 (36 hours) by default. */
  readonly maxClockSkew?: number;
  /** Clients answer with NTLMv1, which hands the NT hash to whoever looks on. Off by default. */
  readonly dangerouslySendNtlmV1?: boolean;
  /** With NTLMv1, clients send an LM response too, which gives the password away, and no extended session security. Off by default. */
  readonly dangerouslySendLm?: boolean;
  /** Servers take NTLMv1 responses. Off by default. LM responses they never take. */
  readonly dangerouslyAcceptNtlmV1?: boolean;
  /** Both sides protect messages with keys of 56 and 40 bits, and without extended session security, where a CRC is all. Off by default. */
  readonly dangerouslyAllowWeakKeys?: boolean;
}
