// The functions of the addon by topic. Each adds its own to the exports.
#pragma once

#include "napi_api.hpp"

namespace secur32 {

void export_package_functions(Napi::Object exports);
void export_credential_functions(Napi::Object exports);
void export_context_functions(Napi::Object exports);
void export_attribute_functions(Napi::Object exports);
void export_message_functions(Napi::Object exports);
void export_token_functions(Napi::Object exports);
void export_transfer_functions(Napi::Object exports);
void export_sasl_functions(Napi::Object exports);

}  // namespace secur32
