#include "framework/serve/chat_service.h"

#include "framework/text/wire_form.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

namespace tuneval::serve {

namespace {

// The longest answer where neither the request nor the model's config names a limit.
constexpr int64_t kLongestAnswer = 4096;

int64_t seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

uint64_t random_seed() {
  std::random_device device;
  return (uint64_t(device()) << 32) | device();
}

/// The text up to the first of the strings that stopped it.
std::string cut(std::string text, const Completion& completion,
                const std::vector<std::string>& stops) {
  if (completion.stop != StopReason::stop_string) return text;
  for (const std::string& stop : stops) text.resize(std::min(text.size(), text.find(stop)));
  return text;
}

}  // namespace

ChatService::ChatService(const LoadedModel& model, std::string id, const EngineOptions& options)
    : model_(model),
      id_(std::move(id)),
      created_(seconds_now()),
      grammars_(*model.text),
      engine_(model, options) {}

std::vector<int64_t> ChatService::prompt_of(const ChatRequest& request) const {
  nlohmann::ordered_json variables = model_.text->variables;
  if (request.template_variables.is_object()) {
    if (!variables.is_object()) variables = nlohmann::ordered_json::object();
    variables.update(request.template_variables);
  }
  return prompt_ids(*model_.text, request.example, variables);
}

int64_t ChatService::room_for(const ChatRequest& request, int64_t prompt_tokens) const {
  const int64_t most = model_.context > 0 ? model_.context - prompt_tokens : kLongestAnswer;
  return std::min(most, request.max_tokens.value_or(model_.context > 0 ? most : kLongestAnswer));
}

std::variant<Chat, ApiError> ChatService::begin(ChatRequest request) {
  if (!request.model.empty() && request.model != id_) {
    return ApiError{.status = 404,
                    .message = fmt::format("the model \"{}\" is not served here: \"{}\" is",
                                           request.model, id_),
                    .param = "model",
                    .code = "model_not_found"};
  }
  EngineRequest asked;
  try {
    asked.prompt = prompt_of(request);
    if (!request.must_call.empty()) {
      asked.grammar = grammars_.tool_calls(request.must_call);
    } else if (!request.schema.empty()) {
      asked.grammar = grammars_.json_schema(request.schema);
    }
  } catch (const DataError& error) {
    return ApiError{.message = error.what()};
  } catch (const ConfigError& error) {
    return ApiError{.message = fmt::format("no answer can be held to a form: {}", error.what())};
  }
  const auto tokens = int64_t(asked.prompt.size());
  if (tokens == 0) return ApiError{.message = "the prompt has no tokens", .param = "messages"};
  asked.max_new_tokens = room_for(request, tokens);
  if (asked.max_new_tokens <= 0) {
    return ApiError{.message = fmt::format("the model's context has {} tokens, the answer "
                                           "included: the messages have {}",
                                           model_.context, tokens),
                    .param = "messages",
                    .code = "context_length_exceeded"};
  }
  if (!request.seeded) request.sampling.seed = random_seed();
  if (asked.grammar) request.stop.clear();  // its form alone ends such an answer
  asked.stop = request.stop;
  asked.sampling = request.sampling;
  asked.streams = request.stream && request.example.tools.empty();
  auto submitted = engine_.submit(std::move(asked));
  if (auto* const error = std::get_if<ApiError>(&submitted)) return std::move(*error);
  return Chat{.request = std::move(request),
              .head = {fresh_id("chatcmpl-"), seconds_now(), id_},
              .prompt_tokens = tokens,
              .ticket = std::get<std::shared_ptr<Ticket>>(std::move(submitted))};
}

Reply ChatService::reply(const ChatRequest& request, const Completion& completion) const {
  const ChatText& text = *model_.text;
  Reply reply;
  reply.content =
      cut(completion_text(text, request.example, completion.ids), completion, request.stop);
  reply.finish_reason = completion.stop == StopReason::length ? "length" : "stop";
  if (!request.example.calls) return reply;
  const auto canonical = read_wire_calls(reply.content, text.wire_form, request.example.tools);
  auto calls = canonical ? read_calls(*canonical) : std::nullopt;
  if (!calls || calls->empty()) return reply;
  reply.content.clear();
  reply.calls = *std::move(calls);
  for (size_t i = 0; i < reply.calls.size(); ++i) reply.call_ids.push_back(fresh_id("call_"));
  reply.finish_reason = "tool_calls";
  return reply;
}

Usage usage_of(const Chat& chat) {
  const AnswerEnd& end = chat.ticket->answer().ending();
  return {chat.prompt_tokens, int64_t(end.completion.ids.size()), end.cached_tokens};
}

EventStream::EventStream(const ChatService& service, Chat chat)
    : service_(service),
      chat_(std::move(chat)),
      deltas_(service.model().text->tokenizer, chat_.request.stop) {}

std::string EventStream::next(std::chrono::milliseconds most) {
  const bool with_usage = chat_.request.include_usage;
  if (!std::exchange(begun_, true)) return event_text(first_chunk(chat_.head, with_usage));
  const Answer::News news = chat_.ticket->answer().wait(most);
  std::string text;
  for (const int64_t id : news.ids) text += deltas_.push(id);
  std::string events;
  if (!text.empty()) events = event_text(text_chunk(chat_.head, text, with_usage));
  if (news.ended) events += ending();
  return events;
}

std::string EventStream::ending() {
  done_ = true;
  const bool with_usage = chat_.request.include_usage;
  const AnswerEnd& end = chat_.ticket->answer().ending();
  std::string events;
  if (end.error) return events.append(event_text(error_json(*end.error))).append(kLastEvent);
  const Reply reply = service_.reply(chat_.request, end.completion);
  if (!reply.calls.empty()) {
    events += event_text(calls_chunk(chat_.head, reply, with_usage));
  } else if (const std::string rest = deltas_.finish(reply.content); !rest.empty()) {
    events += event_text(text_chunk(chat_.head, rest, with_usage));
  }
  events += event_text(last_chunk(chat_.head, reply, with_usage));
  if (with_usage) events += event_text(usage_chunk(chat_.head, usage_of(chat_)));
  return events.append(kLastEvent);
}

}  // namespace tuneval::serve
