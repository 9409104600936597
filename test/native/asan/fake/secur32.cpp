// Packages, credentials, contexts and messages of a Secur32.dll that answers by script. Its handles are allocated, so
// that the sanitizer sees one that is used after it was given back.
#include <algorithm>

#include "script.hpp"

namespace fake {
HANDLE make_kernel_handle();
void impersonate(bool on);
}  // namespace fake

using namespace fake;

namespace {

struct Object {
  int alive = 1;
};

void make(SecHandle* handle, long Ledger::*member) {
  count(member, 1);
  handle->dwLower = reinterpret_cast<ULONG_PTR>(new Object);
  handle->dwUpper = 1;
}

/// Reads it, which the sanitizer allows only of a handle that is alive.
void touch(const SecHandle* handle) {
  if (reinterpret_cast<Object*>(handle->dwLower)->alive != 1) std::abort();
}

void destroy(const SecHandle* handle, long Ledger::*member) {
  count(member, -1);
  touch(handle);
  delete reinterpret_cast<Object*>(handle->dwLower);
}

const BufferAnswer usual_token{{}, {}, BufferAnswer::fresh, 0, {'t', 'o', 'k', 'e', 'n'}};

SECURITY_STATUS step(const char* function, PCredHandle credential, PCtxtHandle context, PSecBufferDesc input, bool of_package,
                     PCtxtHandle new_context, PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
  auto answer = next_answer(function);
  if (credential != nullptr) touch(credential);
  if (context != nullptr) touch(context);
  if (answer.output.empty() && answer.status >= 0 && output != nullptr && output->cBuffers > 0) {
    answer.output.push_back(usual_token);
    if (!of_package) answer.output[0].memory = BufferAnswer::kept;
  }
  apply(answer.input, input, false);
  apply(answer.output, output, of_package);
  if (attributes != nullptr) *attributes = answer.attributes;
  if (expiry != nullptr) expiry->QuadPart = answer.expiry;
  if (answer.status >= 0 && context == nullptr) make(new_context, &Ledger::contexts);
  if (answer.status >= 0 && context != nullptr) *new_context = *context;
  return answer.status;
}

SECURITY_STATUS protect(const char* function, PCtxtHandle context, PSecBufferDesc message, ULONG* qop) {
  const auto answer = next_answer(function);
  touch(context);
  apply(answer.output, message, false);
  if (qop != nullptr) *qop = answer.attributes;
  return answer.status;
}

SECURITY_STATUS with_context(const char* function, PCtxtHandle context) {
  touch(context);
  return next_answer(function).status;
}

}  // namespace

namespace fake {

/// One block: the structures, and behind them their texts.
SecPkgInfoW* make_packages(ULONG number, const std::string& lie) {
  constexpr char16_t name[] = u"Fake";
  const auto size = number * sizeof(SecPkgInfoW) + sizeof name;
  auto* packages = static_cast<SecPkgInfoW*>(allocate(size));
  auto* text = reinterpret_cast<WCHAR*>(packages + number);
  std::copy_n(name, std::size(name), text);
  for (ULONG i = 0; i < number; i++) {
    packages[i] = {0xffffffff, 1, 0xffff, lie == "no room" ? 0u : lie == "huge" ? 0xffffffffu : 4096u, text, text};
    if (lie == "no texts") packages[i].Name = packages[i].Comment = nullptr;
  }
  return packages;
}

}  // namespace fake

extern "C" {

SECURITY_STATUS SEC_ENTRY FreeContextBuffer(PVOID buffer) {
  count(&Ledger::buffers, -1);
  std::free(buffer);
  return next_answer("FreeContextBuffer").status;
}

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(unsigned* number, PSecPkgInfoW* packages) {
  const auto answer = next_answer("EnumerateSecurityPackagesW");
  if (answer.status != SEC_E_OK) return answer.status;
  *number = answer.lie == "many of nothing" ? 0xffffffff : 2;
  *packages = answer.lie == "many of nothing" ? nullptr : make_packages(2, answer.lie);
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(LPWSTR, PSecPkgInfoW* package) {
  const auto answer = next_answer("QuerySecurityPackageInfoW");
  if (answer.status == SEC_E_OK) *package = answer.lie == "nothing" ? nullptr : make_packages(1, answer.lie);
  return answer.status;
}

SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(LPWSTR, LPWSTR, unsigned, void*, void*, SEC_GET_KEY_FN, void*,
                                                    PCredHandle credential, PTimeStamp expiry) {
  const auto answer = next_answer("AcquireCredentialsHandleW");
  if (expiry != nullptr) expiry->QuadPart = answer.expiry;
  if (answer.status >= 0) make(credential, &Ledger::credentials);
  return answer.status;
}

SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle credential) {
  destroy(credential, &Ledger::credentials);
  return next_answer("FreeCredentialsHandle").status;
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle credential, unsigned, void*, unsigned) {
  return with_context("SetCredentialsAttributesW", credential);
}

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, SEC_WCHAR*, unsigned flags,
                                                     unsigned, unsigned, PSecBufferDesc input, unsigned,
                                                     PCtxtHandle new_context, PSecBufferDesc output, unsigned* attributes,
                                                     PTimeStamp expiry) {
  return step("InitializeSecurityContextW", credential, context, input, (flags & ISC_REQ_ALLOCATE_MEMORY) != 0, new_context,
              output, attributes, expiry);
}

SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                                unsigned flags, unsigned, PCtxtHandle new_context, PSecBufferDesc output,
                                                unsigned* attributes, PTimeStamp expiry) {
  return step("AcceptSecurityContext", credential, context, input, (flags & ASC_REQ_ALLOCATE_MEMORY) != 0, new_context, output,
              attributes, expiry);
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, LPWSTR, unsigned flags,
                                                         unsigned, unsigned, PSecBufferDesc input, unsigned,
                                                         PCtxtHandle new_context, PSecBufferDesc output, unsigned* attributes,
                                                         PTimeStamp expiry) {
  return step("SaslInitializeSecurityContextW", credential, context, input, (flags & ISC_REQ_ALLOCATE_MEMORY) != 0,
              new_context, output, attributes, expiry);
}

SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                                    unsigned flags, unsigned, PCtxtHandle new_context, PSecBufferDesc output,
                                                    unsigned* attributes, PTimeStamp expiry) {
  return step("SaslAcceptSecurityContext", credential, context, input, (flags & ASC_REQ_ALLOCATE_MEMORY) != 0, new_context,
              output, attributes, expiry);
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle context) {
  destroy(context, &Ledger::contexts);
  return next_answer("DeleteSecurityContext").status;
}

SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle context, PSecBufferDesc) {
  return with_context("CompleteAuthToken", context);
}

SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle context, PSecBufferDesc) {
  return with_context("ApplyControlToken", context);
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle context, unsigned, void*, unsigned) {
  return with_context("SetContextAttributesW", context);
}

SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle context, unsigned, PSecBufferDesc message, unsigned) {
  return protect("MakeSignature", context, message, nullptr);
}

SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle context, PSecBufferDesc message, unsigned, unsigned* qop) {
  return protect("VerifySignature", context, message, qop);
}

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle context, unsigned, PSecBufferDesc message, unsigned) {
  return protect("EncryptMessage", context, message, nullptr);
}

SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle context, PSecBufferDesc message, unsigned, unsigned* qop) {
  return protect("DecryptMessage", context, message, qop);
}

SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle context) {
  const auto status = with_context("ImpersonateSecurityContext", context);
  if (status == SEC_E_OK) impersonate(true);
  return status;
}

SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle context) {
  const auto status = with_context("RevertSecurityContext", context);
  if (status == SEC_E_OK) impersonate(false);
  return status;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle context, void** token) {
  const auto status = with_context("QuerySecurityContextToken", context);
  if (status == SEC_E_OK) *token = make_kernel_handle();
  return status;
}

SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle context, ULONG flags, PSecBuffer packed, void** token) {
  const auto answer = next_answer("ExportSecurityContext");
  touch(context);
  if (answer.status != SEC_E_OK) return answer.status;
  if (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) destroy(context, &Ledger::contexts);
  *packed = {8, SECBUFFER_EMPTY, allocate(8)};
  SecBufferDesc buffers = {SECBUFFER_VERSION, 1, packed};
  if (!answer.output.empty()) FreeContextBuffer(packed->pvBuffer);
  apply(answer.output, &buffers, true);
  *token = answer.lie == "no token" ? nullptr : make_kernel_handle();
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(LPWSTR, PSecBuffer, VOID*, PCtxtHandle context) {
  const auto status = next_answer("ImportSecurityContextW").status;
  if (status == SEC_E_OK) make(context, &Ledger::contexts);
  return status;
}

}  // extern "C"
