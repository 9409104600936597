import type { Driver } from './case.js';

export const SASL2_HANDSHAKE: Driver = sasl2('sasl2-handshake');
export const SASL2_LAYER: Driver = sasl2('sasl2-layer');
export const SASL2_HTTP: Driver = sasl2('sasl2-http');
export const GSASL_HANDSHAKE: Driver = gsasl('gsasl-handshake');
export const GSASL_LAYER: Driver = gsasl('gsasl-layer');
export const WINPR_HANDSHAKE: Driver = winpr('winpr-handshake');
export const WINPR_LAYER: Driver = winpr('winpr-layer');
export const GSS_NTLM_HANDSHAKE: Driver = gssNtlm('gss-ntlm-handshake');
export const GSS_SPNEGO_HANDSHAKE: Driver = gssNtlm('gss-spnego-handshake');
export const GSS_NTLM_LAYER: Driver = gssNtlm('gss-ntlm-layer');

export const GSS_KRB5_HANDSHAKE: Driver = gssKrb5('gss-krb5-handshake');
export const GSS_KRB5_LAYER: Driver = gssKrb5('gss-krb5-layer');

export const OPENSSL_TLS: Driver = {
  source: 'openssl-tls',
  libraries: ['-lssl', '-lcrypto'],
  packages: ['gcc', 'libc6-dev', 'libssl-dev'],
};

function sasl2(source: string): Driver {
  return { source, libraries: ['-lsasl2'], packages: ['gcc', 'libc6-dev', 'libsasl2-dev', 'libsasl2-modules'] };
}

function gsasl(source: string): Driver {
  return { source, libraries: ['-lgsasl'], packages: ['gcc', 'libc6-dev', 'libgsasl-dev'] };
}

function winpr(source: string): Driver {
  const libraries = ['-I/usr/include/winpr2', '-lwinpr2'];
  return { source, libraries, packages: ['gcc', 'libc6-dev', 'libwinpr2-dev'] };
}

function gssNtlm(source: string): Driver {
  return { source, libraries: ['-lgssapi_krb5'], packages: ['gcc', 'libc6-dev', 'libkrb5-dev', 'gss-ntlmssp'] };
}

function gssKrb5(source: string): Driver {
  return { source, libraries: ['-lgssapi_krb5', '-lkrb5'], packages: ['gcc', 'libc6-dev', 'libkrb5-dev'] };
}
