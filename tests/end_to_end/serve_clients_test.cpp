// `tuneval serve` and clients that do not behave; keys; the end of a server.
#include "tests/end_to_end/program.h"
#include "tests/end_to_end/served.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>

namespace tuneval::testing {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;

Json short_request(const std::string& text, int max_tokens, bool stream) {
  return {{"messages", Json::array({{{"role", "user"}, {"content", text}}})},
          {"max_tokens", max_tokens},
          {"temperature", 1.5},
          {"seed", 3},
          {"stream", stream}};
}

/// A form that only the token limit ends.
Json endless(bool stream) {
  Json body = short_request("Count.", 1500, stream);
  body["response_format"] = Json::parse(R"({"type": "json_schema", "json_schema": {"name": "n",
    "schema": {"type": "array", "items": {"type": "integer"}, "minItems": 1500}}})");
  return body;
}

int64_t active(const Served& served) {
  const httplib::Result result = served.get("/health");
  return result ? Json::parse(result->body).at("active").get<int64_t>() : -1;
}

void wait_until_idle(const Served& served) {
  while (active(served) > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(ServeClientsTest, AClientThatLeavesGivesItsPlaceUp) {
  const Served served({"--max-batch", "1"});
  for (const bool stream : {true, false}) {
    auto leaves = std::make_unique<RawClient>(served.port());
    leaves->send_request(endless(stream).dump());
    if (stream) leaves->receive_until("data: ");
    while (active(served) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    leaves.reset();
    EXPECT_EQ(served.ask(short_request("Hi", 4, false))->status, 200);
    wait_until_idle(served);
  }
}

TEST(ServeClientsTest, AClientThatReadsNothingHoldsNobodyUp) {
  const Served served;
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<RawClient>(served.port(), 2048));
    slow.back()->send_request(endless(true).dump());
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(served.ask(short_request("Hi", 4, false))->status, 200);
}

TEST(ServeClientsTest, HalfARequestHoldsNobodyUp) {
  const Served served;
  std::vector<std::unique_ptr<RawClient>> halves;
  for (int i = 0; i < 16; ++i) {
    halves.push_back(std::make_unique<RawClient>(served.port()));
    halves.back()->send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
  }
  EXPECT_EQ(served.ask(short_request("Hi", 4, false))->status, 200);
}

TEST(ServeClientsTest, WhatIsNoHttpIsRefused) {
  const Served served;
  RawClient client(served.port());
  client.send("no HTTP at all\r\n\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("400"));
  EXPECT_EQ(served.get("/health")->status, 200);
}

TEST(ServeClientsTest, AHeadOfManyLinesIsNotReadToItsEnd) {
  const Served served;
  RawClient client(served.port());
  client.send("GET /health HTTP/1.1\r\n");
  const std::string line = "X-Filler: " + std::string(4000, 'x') + "\r\n";
  for (int i = 0; i < 200; ++i) client.send(line);
  client.send("\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("400"));
  EXPECT_EQ(served.get("/health")->status, 200);
}

TEST(ServeClientsTest, ARangeIsPassedOver) {
  const Served served;
  RawClient client(served.port());
  client.send("GET /v1/models HTTP/1.1\r\nRange: bytes=0-3\r\nConnection: close\r\n\r\n");
  const std::string response = client.receive_until("tiny-qwen3");
  EXPECT_THAT(response, HasSubstr("200"));
  EXPECT_THAT(response, HasSubstr("tiny-qwen3"));
}

TEST(ServeClientsTest, AFullServerSaysWhenToComeAgain) {
  const Served served({"--max-batch", "1", "--max-queue", "1"});
  std::vector<std::unique_ptr<RawClient>> others;
  for (int i = 0; i < 2; ++i) {
    others.push_back(std::make_unique<RawClient>(served.port()));
    others.back()->send_request(endless(true).dump());
    others.back()->receive_until("data: ");
  }
  const httplib::Result result = served.ask(short_request("Hi", 4, false));
  EXPECT_EQ(result->status, 503);
  EXPECT_EQ(result->get_header_value("Retry-After"), "1");
  EXPECT_EQ(Json::parse(result->body)["error"]["code"], "overloaded");
}

TEST(ServeClientsTest, AKeyIsAskedForAndNeverShown) {
  const Served served({"--api-key-env", "TUNEVAL_TEST_KEY", "--name", "mine"},
                      {{"TUNEVAL_TEST_KEY", "a-secret-key"}});
  EXPECT_EQ(served.get("/health")->status, 200);
  const httplib::Result none = served.get("/v1/models");
  EXPECT_EQ(none->status, 401);
  EXPECT_EQ(none->body.find("a-secret-key"), std::string::npos);
  const std::string body = short_request("Hi", 4, false).dump();
  EXPECT_EQ(served.ask(body, {{"Authorization", "Bearer wrong"}})->status, 401);
  const httplib::Result right = served.ask(body, {{"Authorization", "Bearer a-secret-key"}});
  ASSERT_EQ(right->status, 200);
  EXPECT_EQ(Json::parse(right->body)["model"], "mine");
}

TEST(ServeClientsTest, AStoppedServerEndsWhatIsUnderWay) {
  Served served;
  RawClient client(served.port());
  client.send_request(short_request("Tell me a story.", 400, true).dump());
  client.receive_until("data: ");
  served.stop();
  EXPECT_THAT(client.receive_until("[DONE]"), HasSubstr("[DONE]"));
  EXPECT_EQ(served.wait(), 0);
  EXPECT_THAT(served.errors(), HasSubstr("stopping"));
}

TEST(ServeClientsTest, AStoppedServerBreaksOffWhatTakesTooLong) {
  Served served({"--grace", "0"});
  RawClient client(served.port());
  client.send_request(endless(true).dump());
  client.receive_until("data: ");
  served.stop();
  EXPECT_THAT(client.receive_until("[DONE]"), HasSubstr("shutting_down"));
  EXPECT_EQ(served.wait(), 0);
}

TEST(ServeClientsTest, WhatCannotBeServedIsSaidAtOnce) {
  const std::string model = std::string(TUNEVAL_SOURCE_DIR) + "/models/tiny-qwen3";
  const Served served;
  const Outcome taken = tuneval({"serve", model, "--port", std::to_string(served.port())});
  EXPECT_EQ(taken.exit_code, 2);
  EXPECT_THAT(taken.err, HasSubstr("cannot be had"));
  const Outcome key = tuneval({"serve", model, "--api-key-env", "TUNEVAL_NO_SUCH_KEY"});
  EXPECT_EQ(key.exit_code, 2);
  EXPECT_THAT(key.err, HasSubstr("TUNEVAL_NO_SUCH_KEY"));
  ASSERT_EQ(::setenv("TUNEVAL_TEST_ODD_KEY", "50%25off", 1), 0);
  const Outcome odd = tuneval({"serve", model, "--api-key-env", "TUNEVAL_TEST_ODD_KEY"});
  EXPECT_EQ(odd.exit_code, 2);
  EXPECT_THAT(odd.err, HasSubstr("other than \"%\""));
  EXPECT_EQ(odd.err.find("50%25off"), std::string::npos);
  EXPECT_EQ(tuneval({"serve", "no/such/model"}).exit_code, 2);
}

TEST(ServeClientsTest, AnAddressThatOthersReachIsWarnedOf) {
  Served served({"--host", "0.0.0.0"});
  served.stop();
  EXPECT_EQ(served.wait(), 0);
  EXPECT_THAT(served.errors(), HasSubstr("warning: 0.0.0.0 is reached from other machines"));
}

}  // namespace
}  // namespace tuneval::testing
