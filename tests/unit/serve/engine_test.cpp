#include "framework/serve/engine.h"

#include "tests/support/toy_models.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace tuneval::serve {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<int64_t>;

using Submitted = std::variant<std::shared_ptr<Ticket>, ApiError>;

/// Waits as long as it takes: a test that hangs is stopped from outside.
const AnswerEnd& ending_of(const Ticket& ticket) {
  while (!ticket.answer().wait(100ms).ended) {
  }
  return ticket.answer().ending();
}

std::shared_ptr<Ticket> ticket_of(Submitted submitted) {
  if (auto* const ticket = std::get_if<std::shared_ptr<Ticket>>(&submitted)) return *ticket;
  ADD_FAILURE() << std::get<ApiError>(submitted).message;
  return nullptr;
}

std::string code_of(const Submitted& submitted) {
  const auto* const error = std::get_if<ApiError>(&submitted);
  return error ? error->code : "";
}

void wait_until_idle(const Engine& engine) {
  while (engine.load().active + engine.load().waiting > 0) std::this_thread::sleep_for(1ms);
}

/// A prompt whose answer has no end of its own.
EngineRequest endless(int64_t most = 1'000'000) {
  EngineRequest request;
  request.prompt = {23, 11, 89};
  request.max_new_tokens = most;
  return request;
}

class ServeEngineTest : public testing::Test {
 protected:
  ServeEngineTest() { model.context = 0; }  // no limit
  std::vector<EngineRequest> some_requests(size_t count) const {
    std::vector<EngineRequest> requests;
    for (size_t i = 0; i < count; ++i) {
      EngineRequest request;
      request.prompt = test::joined(test::random_ids(30, i % 3), test::random_ids(1 + i % 6, i));
      request.max_new_tokens = 5 + int64_t(i % 20);
      if (i % 2) request.sampling = {1.0, 0.9, i};
      request.streams = i % 3 == 0;
      requests.push_back(request);
    }
    return requests;
  }
  LoadedModel model = test::open_toy_ending_at("qwen3_tied", {});
  EngineOptions options;
};

TEST_F(ServeEngineTest, AnswersAreThoseOfEachAloneWhoeverElseAsks) {
  const std::vector<EngineRequest> requests = some_requests(60);
  std::vector<Ids> alone;
  for (const EngineRequest& request : requests) {
    Engine engine(model, options);
    alone.push_back(ending_of(*ticket_of(engine.submit(request))).completion.ids);
    if (!request.sampling.greedy()) continue;
    GenerateOptions plain;
    plain.decoding.max_new_tokens = request.max_new_tokens;
    const std::vector<Ids> prompts = {request.prompt};
    EXPECT_EQ(alone.back(), generate(model, prompts, plain).completions.at(0).ids);
  }
  options.max_batch = 7;
  options.cache_tokens = 400;  // so that what is kept is let go of all the time
  Engine engine(model, options);
  std::vector<Ids> found(requests.size());
  std::vector<std::thread> clients;
  for (size_t client = 0; client < 12; ++client) {
    clients.emplace_back([&, client] {
      for (size_t i = client; i < requests.size(); i += 12) {
        const auto ticket = ticket_of(engine.submit(requests[i]));
        if (ticket) found[i] = ending_of(*ticket).completion.ids;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  for (size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(found[i], alone[i]) << i;
}

TEST_F(ServeEngineTest, AStreamHasTheAnswersTokens) {
  Engine engine(model, options);
  EngineRequest request = endless(300);
  request.streams = true;
  const auto ticket = ticket_of(engine.submit(request));
  Ids streamed;
  while (true) {
    const Answer::News news = ticket->answer().wait(100ms);
    streamed.insert(streamed.end(), news.ids.begin(), news.ids.end());
    if (news.ended) break;
  }
  EXPECT_EQ(streamed.size(), 300u);
  EXPECT_EQ(streamed, ticket->answer().ending().completion.ids);
}

TEST_F(ServeEngineTest, WhatWasComputedIsFoundAgain) {
  Engine engine(model, options);
  EngineRequest request = endless(4);
  request.prompt = test::random_ids(50, 1);
  EXPECT_EQ(ending_of(*ticket_of(engine.submit(request))).cached_tokens, 0);
  EXPECT_EQ(ending_of(*ticket_of(engine.submit(request))).cached_tokens, 49);
}

TEST_F(ServeEngineTest, WhoGivesUpTheTicketIsNoLongerWorkedFor) {
  Engine engine(model, options);
  auto leaves = ticket_of(engine.submit(endless()));
  const auto stays = ticket_of(engine.submit(endless(50)));
  EXPECT_EQ(ending_of(*stays).completion.ids.size(), 50u);
  EXPECT_EQ(engine.load().active, 1);
  leaves.reset();
  wait_until_idle(engine);
}

TEST_F(ServeEngineTest, OneThatWaitsMayLeaveToo) {
  options.max_batch = 1;
  Engine engine(model, options);
  auto works = ticket_of(engine.submit(endless()));
  auto waits = ticket_of(engine.submit(endless()));
  waits.reset();
  works.reset();
  wait_until_idle(engine);
}

TEST_F(ServeEngineTest, WhoLeavesWhileOthersJoinTakesNothingWithHim) {
  const std::vector<EngineRequest> requests = some_requests(48);
  std::vector<Ids> alone;
  for (const EngineRequest& request : requests) {
    Engine engine(model, options);
    alone.push_back(ending_of(*ticket_of(engine.submit(request))).completion.ids);
  }
  options.max_batch = 5;
  options.cache_tokens = 150;  // less than what five of them hold
  Engine engine(model, options);
  std::vector<std::thread> clients;
  std::vector<Ids> found(requests.size());
  for (size_t client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      for (size_t i = client; i < requests.size(); i += 8) {
        auto leaves = ticket_of(engine.submit(endless()));
        const auto stays = ticket_of(engine.submit(requests[i]));
        if (i % 3 == 0) leaves->answer().wait(1ms);  // it may be at work by now
        leaves.reset();
        if (stays) found[i] = ending_of(*stays).completion.ids;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  for (size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(found[i], alone[i]) << i;
  wait_until_idle(engine);
}

TEST_F(ServeEngineTest, AFullEngineSaysSo) {
  options.max_batch = 2;
  options.max_queue = 1;
  Engine engine(model, options);
  auto first = ticket_of(engine.submit(endless()));
  auto second = ticket_of(engine.submit(endless()));
  auto third = ticket_of(engine.submit(endless()));
  const Submitted fourth = engine.submit(endless());
  EXPECT_EQ(code_of(fourth), "overloaded");
  EXPECT_EQ(std::get<ApiError>(fourth).status, 503);
  EXPECT_GT(std::get<ApiError>(fourth).retry_after, 0);
  first.reset();
  second.reset();
  third.reset();
  wait_until_idle(engine);
  EXPECT_EQ(ending_of(*ticket_of(engine.submit(endless(3)))).completion.ids.size(), 3u);
}

TEST_F(ServeEngineTest, AReaderThatIsTooSlowLosesItsAnswerAndNobodyElseDoes) {
  options.most_unread = 8;
  Engine engine(model, options);
  EngineRequest request = endless();
  request.streams = true;
  const auto slow = ticket_of(engine.submit(request));
  const auto other = ticket_of(engine.submit(endless(100)));
  EXPECT_EQ(ending_of(*other).completion.ids.size(), 100u);
  wait_until_idle(engine);  // nobody has read a token of it
  const Answer::News news = slow->answer().wait(0ms);
  EXPECT_EQ(news.ids.size(), 8u);
  ASSERT_TRUE(news.ended);
  ASSERT_TRUE(slow->answer().ending().error.has_value());
}

TEST_F(ServeEngineTest, ClosingWaitsForWhatIsUnderWay) {
  Engine engine(model, options);
  const auto ticket = ticket_of(engine.submit(endless(200)));
  EXPECT_TRUE(engine.close(std::chrono::minutes(5)));
  EXPECT_EQ(ending_of(*ticket).completion.ids.size(), 200u);
  EXPECT_EQ(code_of(engine.submit(endless(1))), "shutting_down");
}

TEST_F(ServeEngineTest, ClosingBreaksOffWhatTakesTooLong) {
  options.max_batch = 1;
  Engine engine(model, options);
  const auto works = ticket_of(engine.submit(endless()));
  const auto waits = ticket_of(engine.submit(endless()));
  EXPECT_FALSE(engine.close(0ms));
  for (const auto& ticket : {works, waits}) {
    ASSERT_TRUE(ending_of(*ticket).error.has_value());
    EXPECT_EQ(ending_of(*ticket).error->code, "shutting_down");
  }
}

TEST_F(ServeEngineTest, ABrokenModelFailsTheAnswerAndNotTheEngine) {
  for (auto& item : model.lm->named_parameters()) {
    if (item.key() != "model.embed_tokens.weight") continue;
    at::Tensor weight = item.value().detach().clone();
    weight[60][0] = std::numeric_limits<float>::quiet_NaN();
    item.value().set_data(weight);
  }
  Engine engine(model, options);
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto ticket = ticket_of(engine.submit(endless(5)));
    ASSERT_TRUE(ending_of(*ticket).error.has_value());
    EXPECT_EQ(ending_of(*ticket).error->status, 500);
  }
}

}  // namespace
}  // namespace tuneval::serve
