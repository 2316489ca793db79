#pragma once

#include "framework/model/loaded_model.h"
#include "framework/serve/engine.h"
#include "framework/serve/grammar_cache.h"
#include "framework/serve/request.h"
#include "framework/serve/response.h"
#include "framework/serve/text_deltas.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace tuneval::serve {

/// A request that the engine works at.
struct Chat {
  ChatRequest request;
  ResponseHead head;
  int64_t prompt_tokens = 0;
  std::shared_ptr<Ticket> ticket;
};

/// Between the API and the engine: requests become prompts, completions replies.
class ChatService {
 public:
  /// `id`: what clients call the model. It must live as long.
  ChatService(const LoadedModel& model, std::string id, const EngineOptions& options);

  const std::string& id() const { return id_; }
  int64_t created() const { return created_; }
  Engine& engine() { return engine_; }

  /// Gives a request to the engine; or says what is wrong with it.
  std::variant<Chat, ApiError> begin(ChatRequest request);
  /// What a client is told of a completion: calls where there are tools and it has some.
  Reply reply(const ChatRequest& request, const Completion& completion) const;

  const LoadedModel& model() const { return model_; }

 private:
  std::vector<int64_t> prompt_of(const ChatRequest& request) const;
  /// Tokens that the answer may have; not positive where the prompt leaves no room.
  int64_t room_for(const ChatRequest& request, int64_t prompt_tokens) const;

  const LoadedModel& model_;
  const std::string id_;
  const int64_t created_;
  GrammarCache grammars_;
  Engine engine_;
};

/// What was used of a chat that has ended.
Usage usage_of(const Chat& chat);

/// The events of a chat's stream. Without tools, text comes as soon as it is certain; with tools,
/// where only the end tells text from calls, all comes at the end.
class EventStream {
 public:
  EventStream(const ChatService& service, Chat chat);

  /// The events that are due, waiting up to `most` where none is; often none.
  std::string next(std::chrono::milliseconds most);
  /// Whether next() has given the last event.
  bool done() const { return done_; }

 private:
  std::string ending();

  const ChatService& service_;
  const Chat chat_;
  TextDeltas deltas_;
  bool begun_ = false, done_ = false;
};

}  // namespace tuneval::serve
