/* The calls that the addon makes, made by a plain C program: prints one line "NAME MICROSECONDS" for each figure.
 * usage: plain.exe HANDSHAKES MESSAGES */
#define SECURITY_WIN32
#include <windows.h>

#include <security.h>

#include <stdio.h>
#include <stdlib.h>

#define TOKEN_ROOM 48000
#define DATA_ROOM 65536
/* Room for the token of a sealed Kerberos message: Wine's SIZES say less than it needs. */
#define TRAILER_ROOM 100

static double now(void) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  return (double)count.QuadPart * 1e6 / (double)frequency.QuadPart;
}

static void must(SECURITY_STATUS status) {
  if (status >= 0) return;
  fprintf(stderr, "plain: 0x%08lx\n", (unsigned long)status);
  exit(1);
}

struct side {
  CredHandle credential;
  CtxtHandle context;
  BOOL begun;
  char token[TOKEN_ROOM];
};

static struct side client, server;

static SECURITY_STATUS leg(struct side *to, struct side *from, ULONG length, ULONG *written) {
  SecBuffer in = {length, SECBUFFER_TOKEN, from->token}, out = {TOKEN_ROOM, SECBUFFER_TOKEN, to->token};
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
  PCtxtHandle context = to->begun ? &to->context : NULL;
  ULONG attributes;
  TimeStamp expiry;
  SECURITY_STATUS status =
      to == &client
          ? InitializeSecurityContextW(&to->credential, context, L"HTTP/localhost",
                                       ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_MUTUAL_AUTH, 0, 0,
                                       length > 0 ? &input : NULL, 0, &to->context, &output, &attributes, &expiry)
          : AcceptSecurityContext(&to->credential, context, &input,
                                  ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_MUTUAL_AUTH, 0, &to->context,
                                  &output, &attributes, &expiry);
  must(status);
  to->begun = TRUE;
  *written = out.cbBuffer == TOKEN_ROOM ? 0 : out.cbBuffer;
  return status;
}

static void handshake(void) {
  ULONG length = 0;
  SECURITY_STATUS at_client, at_server = SEC_I_CONTINUE_NEEDED;
  client.begun = server.begun = FALSE;
  do {
    at_client = leg(&client, &server, length, &length);
    if (at_server != SEC_E_OK) at_server = leg(&server, &client, length, &length);
  } while (at_client != SEC_E_OK || at_server != SEC_E_OK);
}

static void delete_both(void) {
  DeleteSecurityContext(&client.context);
  DeleteSecurityContext(&server.context);
}

static void measure_handshakes(const WCHAR *package, void *auth_data, const char *name, int count) {
  TimeStamp expiry;
  must(AcquireCredentialsHandleW(NULL, (WCHAR *)package, SECPKG_CRED_OUTBOUND, NULL, auth_data, NULL, NULL,
                                 &client.credential, &expiry));
  must(AcquireCredentialsHandleW(NULL, (WCHAR *)package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                 &server.credential, &expiry));
  double best = 1e12;
  for (int i = 0; i < count; i++) {
    double start = now();
    handshake();
    delete_both();
    double took = now() - start;
    if (took < best) best = took;
  }
  printf("%s %.3f\n", name, best);
  handshake();
}

static void measure_messages(const char *name, SECURITY_STATUS(SEC_ENTRY *function)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG),
                             ULONG size, int count) {
  static char trailer[TRAILER_ROOM], data[DATA_ROOM];
  double start = 0;
  for (int i = -count / 10; i < count; i++) {
    if (i == 0) start = now();
    SecBuffer buffers[] = {{TRAILER_ROOM, SECBUFFER_TOKEN, trailer}, {size, SECBUFFER_DATA, data}};
    SecBufferDesc description = {SECBUFFER_VERSION, 2, buffers};
    must(function(&client.context, 0, &description, 0));
  }
  printf("%s/%lu %.3f\n", name, (unsigned long)size, (now() - start) / count);
}

int main(int count, char **arguments) {
  int handshakes = count > 1 ? atoi(arguments[1]) : 100, messages = count > 2 ? atoi(arguments[2]) : 10000;
  SEC_WINNT_AUTH_IDENTITY_W alice = {(unsigned short *)L"alice", 5, (unsigned short *)L"DOMAIN", 6,
                                     (unsigned short *)L"pw-alice", 8, SEC_WINNT_AUTH_IDENTITY_UNICODE};
  measure_handshakes(L"NTLM", &alice, "handshake/NTLM", handshakes / 50);
  delete_both();
  measure_handshakes(L"Kerberos", NULL, "handshake/Kerberos", handshakes);
  for (ULONG size = 64; size <= 16384; size *= 16) {
    measure_messages("EncryptMessage", EncryptMessage, size, messages);
    measure_messages("MakeSignature", MakeSignature, size, messages);
  }
  return 0;
}
