#include "framework/synth/lost_replies.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr TeacherOutcome kOutcomes[] = {TeacherOutcome::answered,   TeacherOutcome::cut_off,
                                        TeacherOutcome::filtered,   TeacherOutcome::empty,
                                        TeacherOutcome::malformed,  TeacherOutcome::refused,
                                        TeacherOutcome::unavailable};

TeacherReply read_reply(JsonObject& json) {
  TeacherReply reply;
  const std::string name = json.text("outcome");
  bool known = false;
  for (const TeacherOutcome outcome : kOutcomes) {
    if (name != to_string(outcome)) continue;
    reply.outcome = outcome;
    known = true;
  }
  if (!known) json.fail("outcome", fmt::format("is \"{}\", which is none that is kept", name));
  reply.message = json.text("message");
  reply.prompt_tokens = json.integer("prompt_tokens");
  reply.answer_tokens = json.integer("answer_tokens");
  return reply;
}

bool is_kept_elsewhere(const TeacherReply& reply) {
  return reply.cached || !reply.text.empty() || !reply.calls.empty();
}

bool is_none_yet(const TeacherReply& reply) {
  return reply.outcome == TeacherOutcome::unpaid || reply.outcome == TeacherOutcome::stopped;
}

}  // namespace

LostReplies::LostReplies(std::filesystem::path file) : file_(std::move(file)) {
  if (!std::filesystem::exists(file_)) return;
  const Json json = parse_json_object(read_whole_file(file_), file_.string());
  JsonObject whole(json, file_.string());
  for (JsonObject& one : whole.objects("replies")) replies_[one.text("id")] = read_reply(one);
}

std::optional<TeacherReply> LostReplies::find(const std::string& id) const {
  const auto found = replies_.find(id);
  if (found == replies_.end()) return std::nullopt;
  return found->second;
}

void LostReplies::add(const std::string& id, const TeacherReply& reply) {
  if (is_kept_elsewhere(reply) || is_none_yet(reply)) return;
  replies_[id] = reply;
  changed_ = true;
}

void LostReplies::write() {
  if (!std::exchange(changed_, false)) return;
  Json json = {{"replies", Json::array()}};
  for (const auto& [id, reply] : replies_) {
    json["replies"].push_back({{"id", id},
                               {"outcome", to_string(reply.outcome)},
                               {"message", reply.message},
                               {"prompt_tokens", reply.prompt_tokens},
                               {"answer_tokens", reply.answer_tokens}});
  }
  write_file_atomically(file_, json_text(json, 1) + '\n');
}

void LostReplies::forget() {
  replies_.clear();
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

}  // namespace tuneval
