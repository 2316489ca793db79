#include "framework/serve/routes.h"

#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <cstdint>

namespace tuneval::serve {

namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr size_t kLongestPath = 512;
constexpr std::string_view kReads = "GET, HEAD", kWrites = "POST";

/// A request's path or method in a message: short, whatever was sent.
std::string_view shown(std::string_view text) { return text.substr(0, 100); }

bool has_key(const httplib::Request& request, std::string_view key) {
  const std::string given = request.get_header_value("Authorization");
  return given.starts_with(kScheme) &&
         equal_in_constant_time(std::string_view(given).substr(kScheme.size()), key);
}

std::optional<ApiError> wrong_body(const httplib::Request& request, const ServerOptions& options) {
  const std::string type = request.get_header_value("Content-Type");
  if (!type.empty() && !type.starts_with("application/json")) {
    return ApiError{
        .status = 415,
        .message = fmt::format("the body is \"{}\": expected application/json", shown(type))};
  }
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    return ApiError{.status = 411, .message = "the body's Content-Length is missing"};
  }
  const auto length = request.get_header_value<uint64_t>("Content-Length");
  if (length <= options.most_body) return std::nullopt;
  return ApiError{.status = 413,
                  .message = fmt::format("the body has {} bytes: at most {} are read", length,
                                         options.most_body),
                  .code = "request_too_large"};
}

}  // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= unsigned(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

void respond(httplib::Response& response, const nlohmann::ordered_json& body) {
  response.set_content(json_text(body, -1), "application/json");
}

void respond(httplib::Response& response, const ApiError& error) {
  response.status = error.status;
  if (error.retry_after > 0) {
    response.set_header("Retry-After", std::to_string(error.retry_after));
  }
  respond(response, error_json(error));
}

std::string_view methods_of(std::string_view path) {
  if (path == "/health" || path == "/v1/models") return kReads;
  // httplib finds a path's handler by regular expressions, whose stack grows with the path.
  if (path.starts_with("/v1/models/") && path.size() <= kLongestPath) return kReads;
  if (path == "/v1/chat/completions") return kWrites;
  return {};
}

std::optional<ApiError> refusal_of(const httplib::Request& request, const ServerOptions& options) {
  const std::string_view methods = methods_of(request.path);
  if (methods.empty()) {
    return ApiError{.status = 404,
                    .message = fmt::format("there is nothing at {}: expected /v1/chat/completions, "
                                           "/v1/models or /health",
                                           shown(request.path)),
                    .code = "unknown_url"};
  }
  if (methods.find(request.method) == methods.npos) {
    return ApiError{.status = 405,
                    .message = fmt::format("{} does not take {}: expected {}", shown(request.path),
                                           shown(request.method), methods),
                    .code = "method_not_allowed"};
  }
  const bool open = options.api_key.empty() || request.path == "/health";
  if (!open && !has_key(request, options.api_key)) {
    return ApiError{.status = 401,
                    .message = "expected the server's key, as \"Authorization: Bearer KEY\"",
                    .type = "authentication_error",
                    .code = "invalid_api_key"};
  }
  return methods == kWrites ? wrong_body(request, options) : std::nullopt;
}

ApiError http_error(int status) {
  ApiError error{.status = status, .message = "the request is no HTTP that this server reads"};
  if (status == 404) error.message = "there is nothing at that path";
  if (status == 413) error.message = "the request is too large";
  if (status == 414) error.message = "the request's path is too long";
  if (status >= 500) {
    error.type = "server_error";
    error.code = "internal_error";
    error.message = "the server could not answer the request";
  }
  return error;
}

}  // namespace tuneval::serve
