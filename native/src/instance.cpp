#include "instance.hpp"

#include "system_library.hpp"

namespace secur32 {

Instance::Instance(Napi::Env env) : dispatcher(std::make_shared<Dispatcher>(env)) {
  pin_this_module();
  // Registered after the dispatcher's channel, so that it runs before Node closes that.
  env.AddCleanupHook([](Dispatcher* channel) { channel->close(); }, dispatcher.get());
}

}  // namespace secur32
