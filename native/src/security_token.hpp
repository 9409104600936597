#pragma once

#include "value.hpp"
#include "windows_api.hpp"

namespace secur32 {

/// What an access token says of its user: a SecurityToken of src/sspi. Throws a Refusal. The token is not closed.
Value::Record describe_token(HANDLE token);

}  // namespace secur32
