#pragma once

#include "framework/serve/api_error.h"
#include "framework/serve/server.h"

#include <httplib.h>

#include <optional>
#include <string>
#include <string_view>

namespace tuneval::serve {

/// Writes an error as a response.
void respond(httplib::Response& response, const ApiError& error);
void respond(httplib::Response& response, const nlohmann::ordered_json& body);

/// What is wrong with a request before its body is read: its path, method, key, type or size.
std::optional<ApiError> refusal_of(const httplib::Request& request, const ServerOptions& options);

/// What httplib itself found wrong, of which it says the status alone.
ApiError http_error(int status);

/// The methods that a path takes, e.g. "GET, HEAD"; empty where there is no such path.
std::string_view methods_of(std::string_view path);

}  // namespace tuneval::serve
