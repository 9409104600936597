// The message functions come in two forms. Both take (function, context, data, layout, qop, sequence): `data` is an array of
// Uint8Array, `layout` a Uint32Array of HEADER words and then ROW words for each buffer. In: the type of each buffer. Out: the
// fault, the quality of protection, and of each buffer its type and where its bytes lie (MessageBuffers::Row).
#include <array>
#include <cstring>

#include "arguments.hpp"
#include "functions.hpp"
#include "instance.hpp"
#include "message_buffers.hpp"

namespace secur32 {

namespace {

constexpr std::size_t header_words = 2;
constexpr std::size_t row_words = sizeof(MessageBuffers::Row) / sizeof(std::uint32_t);

struct Layout {
  std::uint32_t* words;
  std::size_t rows;
};

struct Outcome {
  SECURITY_STATUS status = SEC_E_OK;
  Fault fault = Fault::none;
  ULONG qop = 0;
  std::vector<MessageBuffers::Row> rows;

  static Outcome failure(SECURITY_STATUS status, Fault fault = Fault::none) { return {status, fault, 0, {}}; }

  void write(std::uint32_t* words) const {
    words[0] = static_cast<std::uint32_t>(fault);
    words[1] = qop;
    if (!rows.empty()) std::memcpy(words + header_words, rows.data(), rows.size() * sizeof rows[0]);
  }
};

Layout read_layout(const Napi::Value& value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* words = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &type, &length, &words, nullptr, nullptr) != napi_ok ||
      type != napi_uint32_array || length < header_words)
    throw_type_error(value.Env(), "the layout must be a Uint32Array");
  return {static_cast<std::uint32_t*>(words), (length - header_words) / row_words};
}

ULONG type_of_row(const Layout& layout, std::size_t row) { return layout.words[header_words + row * row_words]; }

// Results are read for failures too: SEC_E_INCOMPLETE_MESSAGE has them.
Outcome protect(Context& context, MessageFunction function, MessageBuffers& buffers, ULONG qop, ULONG sequence) {
  return guarded<Outcome>([&] {
    Context::Use use(context);
    const SECURITY_STATUS status = buffers.run(*context.secur32, function, use.established(), qop, sequence);
    const bool has_rows = status >= 0 || status == SEC_E_INCOMPLETE_MESSAGE;
    return Outcome{status, Fault::none, qop, has_rows ? buffers.rows() : std::vector<MessageBuffers::Row>()};
  });
}

struct Arguments {
  explicit Arguments(const Napi::CallbackInfo& info)
      : function(static_cast<MessageFunction>(to_ulong(info[0]))),
        context(unwrap_handle<Context>(info[1])),
        data(info[2].As<Napi::Array>()),
        layout(read_layout(info[3])),
        qop(to_ulong(info[4])),
        sequence(to_ulong(info[5])) {
    if (data.Length() > layout.rows) throw_type_error(info.Env(), "the layout must have a row for each buffer");
  }

  const MessageFunction function;
  const std::shared_ptr<Context> context;
  const Napi::Array data;
  const Layout layout;
  const ULONG qop;
  const ULONG sequence;
};

Outcome protect_now(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  if (arguments.context->queue.busy()) return Outcome::failure(SEC_E_OUT_OF_SEQUENCE, Fault::busy);
  MessageBuffers buffers;
  for (std::uint32_t i = 0; i < arguments.data.Length(); i++)
    buffers.add(type_of_row(arguments.layout, i), to_bytes(arguments.data.Get(i)));
  return protect(*arguments.context, arguments.function, buffers, arguments.qop, arguments.sequence);
}

/// Works on the caller's bytes and returns the status.
Napi::Value protect_sync(const Napi::CallbackInfo& info) {
  Outcome outcome;
  try {
    outcome = protect_now(info);
  } catch (const Refusal& refusal) {
    outcome = Outcome::failure(refusal.status, refusal.fault);
  }
  outcome.write(read_layout(info[3]).words);
  return Napi::Number::New(info.Env(), static_cast<std::uint32_t>(outcome.status));
}

struct MessageInput {
  std::shared_ptr<Context> context;
  MessageFunction function;
  ULONG qop;
  ULONG sequence;
  std::vector<ULONG> types;
  std::vector<ULONG> lengths;
  /// All buffers one after the other, as Schannel likes them best.
  SecretBytes block;
};

struct MessageReply {
  Outcome outcome;
  SecretBytes block;

  static MessageReply failure(SECURITY_STATUS status, Fault fault = Fault::none) { return {Outcome::failure(status, fault), {}}; }

  Napi::Value to_js(Napi::Env env) const {
    auto layout = Napi::Uint32Array::New(env, header_words + outcome.rows.size() * row_words);
    outcome.write(layout.Data());
    auto object = Napi::Object::New(env);
    object.Set("status", Napi::Number::New(env, static_cast<std::uint32_t>(outcome.status)));
    object.Set("layout", layout);
    object.Set("block", copy_to_js(env, block.data(), block.size()));
    return object;
  }
};

MessageReply run_protect(MessageInput& in) {
  MessageBuffers buffers;
  Byte* next = in.block.data();
  for (std::size_t i = 0; i < in.types.size(); i++) {
    buffers.add(in.types[i], {in.lengths[i] == 0 ? nullptr : next, in.lengths[i]});
    next += in.lengths[i];
  }
  Outcome outcome = protect(*in.context, in.function, buffers, in.qop, in.sequence);
  return {std::move(outcome), std::move(in.block)};
}

/// Works on a copy of the bytes, on a work thread.
Napi::Value protect_async(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  MessageInput in{arguments.context, arguments.function, arguments.qop, arguments.sequence, {}, {}, {}};
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < arguments.data.Length(); i++) size += to_bytes(arguments.data.Get(i)).length;
  in.block.reserve(size);
  for (std::uint32_t i = 0; i < arguments.data.Length(); i++) {
    const auto bytes = to_bytes(arguments.data.Get(i));
    in.types.push_back(type_of_row(arguments.layout, i));
    in.lengths.push_back(bytes.length);
    in.block.insert(in.block.end(), bytes.data, bytes.data + bytes.length);
  }
  return start_in_turn(info.Env(), arguments.context, std::move(in), run_protect);
}

}  // namespace

void export_message_functions(Napi::Object exports) {
  export_function<protect_sync>(exports, "protectSync");
  export_function<protect_async>(exports, "protect");
}

}  // namespace secur32
