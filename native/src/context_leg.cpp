#include "context_leg.hpp"

#include <cstdint>

#include "arguments.hpp"
#include "client_token.hpp"

namespace secur32 {

namespace {

// ISC_REQ_ALLOCATE_MEMORY and ASC_REQ_ALLOCATE_MEMORY, and both their answers, are one bit.
static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY && ISC_RET_ALLOCATED_MEMORY == ISC_REQ_ALLOCATE_MEMORY);
constexpr ULONG allocate_memory = ISC_REQ_ALLOCATE_MEMORY;

/// What a leg answers with besides its status.
struct Answer {
  CtxtHandle context = no_context();
  ULONG attributes = 0;
  TimeStamp expiry{};
};

SECURITY_STATUS initialize(LegInput& in, const Context::Use& use, ULONG flags, SecBufferDesc* output, Answer& answer) {
  const auto& secur32 = *in.context->secur32;
  const auto function = present(in.sasl ? secur32.SaslInitializeSecurityContextW : secur32.InitializeSecurityContextW);
  return function(use.credential(), use.handle(), in.target ? in.target->data() : nullptr, flags, 0, in.data_representation,
                  in.input.describe(), 0, &answer.context, output, &answer.attributes, &answer.expiry);
}

SECURITY_STATUS accept(LegInput& in, const Context::Use& use, ULONG flags, SecBufferDesc* output, Answer& answer) {
  const auto& secur32 = *in.context->secur32;
  const auto function = present(in.sasl ? secur32.SaslAcceptSecurityContext : secur32.AcceptSecurityContext);
  return function(use.credential(), use.handle(), in.input.describe(), flags, in.data_representation, &answer.context, output,
                  &answer.attributes, &answer.expiry);
}

bool has_extended_error(Side side, ULONG attributes) {
  return (attributes & (side == Side::client ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR)) != 0;
}

// SaslSetContextOption wants a context, so the first leg is the soonest that it can be called.
void set_options(LegInput& in, const Context::Use& use) {
  for (auto& [option, value] : std::exchange(in.options, {}))
    require(present(in.context->secur32->SaslSetContextOption)(use.existing(), option, value.data(),
                                                               static_cast<ULONG>(value.size())));
}

/// What a leg left in its buffers. Throws a Refusal.
Reply read_answer(LegInput& in, SECURITY_STATUS status, const Answer& answer, const OutputBuffers& output) {
  // A token of a failed call is for the peer only where the package says that it is one; otherwise nothing was written.
  // Source: Microsoft Learn, "Extended Error Information".
  const bool has_token = status >= 0 || has_extended_error(in.side, answer.attributes);
  const bool asked_to_allocate = (in.requirements & allocate_memory) != 0;
  Reply reply{status, Fault::none, {}};
  reply.data.push_back({"output", has_token ? output.written() : Value::List()});
  reply.data.push_back({"input", in.input.leftovers()});
  reply.data.push_back({"contextAttr", asked_to_allocate ? answer.attributes : answer.attributes & ~allocate_memory});
  reply.data.push_back({"expiry", Timestamp::from_local(answer.expiry)});
  return reply;
}

Reply run_leg(LegInput& in) {
  Context::Use use(*in.context);
  const AsClient as_client(in.client);
  use.begin_leg(in.side, in.credential);

  const bool schannel = use.package().is_schannel();
  const bool of_package = schannel || (in.requirements & allocate_memory) != 0;
  const ULONG flags = of_package ? in.requirements | allocate_memory : in.requirements;
  // Schannel tells what it did not consume, or still wants, in a buffer that must be there for it.
  if (schannel && in.input.has(SECBUFFER_TOKEN) && !in.input.has(SECBUFFER_EMPTY)) in.input.add(SECBUFFER_EMPTY, {});

  OutputBuffers output(*in.context->secur32, of_package, use.package().max_token, schannel);
  Answer answer;
  if (use.handle() != nullptr) answer.context = *use.handle();
  const auto leg = in.side == Side::client ? initialize : accept;
  const SECURITY_STATUS status = leg(in, use, flags, output.describe(), answer);
  use.end_leg(status, answer.context);

  try {
    Reply reply = read_answer(in, status, answer, output);
    if (status >= 0) set_options(in, use);
    return reply;
  } catch (...) {
    use.fail();
    throw;
  }
}

// Requirements of more than 32 bits go in a buffer of their own, of a SEC_FLAGS. Source: sspi.h.
void add_high_flags(LegInput& in, std::int64_t requirements) {
  in.requirements = static_cast<ULONG>(requirements & 0xffffffff);
  if (requirements <= 0xffffffff || in.input.has(SECBUFFER_FLAGS)) return;
  Bytes flags(sizeof(SEC_FLAGS));
  reinterpret_cast<SEC_FLAGS*>(flags.data())->Flags = static_cast<unsigned long long>(requirements);
  in.input.add(SECBUFFER_FLAGS, std::move(flags));
}

SaslOptions read_options(const Napi::Object& call) {
  SaslOptions options;
  const auto given = member(call, "options");
  if (!given) return options;
  const auto list = given->As<Napi::Array>();
  for (std::uint32_t i = 0; i < list.Length(); i++) {
    const auto pair = list.Get(i).As<Napi::Object>();
    options.emplace_back(ulong_member(pair, "option"), copy_bytes(pair.Get("value")));
  }
  return options;
}

}  // namespace

Napi::Value start_leg(const Napi::CallbackInfo& info, Side side, bool sasl) {
  const auto call = object_argument(info, 0);
  const auto context = unwrap_handle<Context>(call.Get("context"));
  LegInput in{};
  in.context = context;
  in.side = side;
  in.sasl = sasl;
  if (const auto credential = member(call, "credential")) in.credential = unwrap_handle<Credential>(*credential);
  if (const auto target = member(call, "targetName")) in.target = to_text(*target);
  if (const auto input = member(call, "input")) in.input = InputBuffers(input->As<Napi::Array>());
  add_high_flags(in, call.Get("contextReq").As<Napi::Number>().Int64Value());
  in.data_representation = ulong_member(call, "targetDataRep");
  in.options = read_options(call);
  if (Instance::of(info.Env()).impersonating) in.client = current_client_token();
  return start_in_turn(info.Env(), context, std::move(in), run_leg);
}

}  // namespace secur32
