#include "framework/serve/routes.h"

#include <gtest/gtest.h>

namespace tuneval::serve {
namespace {

httplib::Request request_of(const std::string& method, const std::string& path) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  if (method == "POST") request.set_header("Content-Length", "2");
  return request;
}

int status_of(const httplib::Request& request, const ServerOptions& options = {}) {
  const auto refusal = refusal_of(request, options);
  return refusal ? refusal->status : 200;
}

TEST(RoutesTest, PathsAndTheirMethods) {
  EXPECT_EQ(status_of(request_of("GET", "/health")), 200);
  EXPECT_EQ(status_of(request_of("HEAD", "/v1/models")), 200);
  EXPECT_EQ(status_of(request_of("GET", "/v1/models/a/b")), 200);
  EXPECT_EQ(status_of(request_of("POST", "/v1/chat/completions")), 200);
  EXPECT_EQ(status_of(request_of("GET", "/v1/chat/completions")), 405);
  EXPECT_EQ(status_of(request_of("DELETE", "/v1/models")), 405);
  EXPECT_EQ(status_of(request_of("POST", "/health")), 405);
  EXPECT_EQ(status_of(request_of("GET", "/")), 404);
  EXPECT_EQ(status_of(request_of("POST", "/v1/completions")), 404);
}

TEST(RoutesTest, AKeyIsAskedForWhereThereIsOne) {
  ServerOptions options;
  options.api_key = "secret";
  httplib::Request request = request_of("GET", "/v1/models");
  EXPECT_EQ(status_of(request, options), 401);
  for (const char* const wrong : {"secret", "Bearer secre", "Bearer secret ", "Basic secret"}) {
    request.headers.clear();
    request.set_header("Authorization", wrong);
    EXPECT_EQ(status_of(request, options), 401) << wrong;
  }
  request.headers.clear();
  request.set_header("Authorization", "Bearer secret");
  EXPECT_EQ(status_of(request, options), 200);
  EXPECT_EQ(status_of(request_of("GET", "/health"), options), 200);
  EXPECT_EQ(refusal_of(request_of("GET", "/v1/models"), options)->code, "invalid_api_key");
}

TEST(RoutesTest, ABodysTypeAndSizeAreLookedAtBeforeItIsRead) {
  ServerOptions options;
  options.most_body = 1000;
  httplib::Request request = request_of("POST", "/v1/chat/completions");
  request.set_header("Content-Type", "application/json; charset=utf-8");
  EXPECT_EQ(status_of(request, options), 200);
  request.headers.erase("Content-Type");
  request.set_header("Content-Type", "multipart/form-data; boundary=x");
  EXPECT_EQ(status_of(request, options), 415);
  request.headers.clear();
  EXPECT_EQ(status_of(request, options), 411);
  request.set_header("Content-Length", "1001");
  EXPECT_EQ(status_of(request, options), 413);
  request.headers.clear();
  request.set_header("Transfer-Encoding", "chunked");
  EXPECT_EQ(status_of(request, options), 200);
}

TEST(RoutesTest, TextsAreComparedToTheirEnd) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("xbc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace tuneval::serve
