#include "framework/synth/maker.h"

#include "framework/record/json_object.h"
#include "framework/synth/reply_rows.h"

#include <fmt/format.h>

#include <utility>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& json) { return json_text(json, -1) + '\n'; }

std::vector<std::string> places(const SynthTask& task, const Ask& ask) {
  std::vector<std::string> all;
  for (const auto* shown : {&ask.exemplars, &ask.others}) {
    for (const size_t index : *shown) all.push_back(task.seeds[index].where);
  }
  return all;
}

/// Where a row comes from, but for what is the row's own.
Json provenance(const SynthTask& task, const Ask& ask, const std::string& id) {
  Json json = {{"request", ask.index + 1}, {"id", id}, {"seed_rows", places(task, ask)}};
  if (!ask.kind.empty()) json["kind"] = ask.kind;
  if (!ask.mutators.empty()) {
    json["mutators"] = Json::object();
    for (const auto& [name, sentence] : ask.mutators) json["mutators"][name] = sentence;
  }
  if (!ask.topics.empty()) json["topics"] = ask.topics;
  if (ask.passage) json["passage"] = *ask.passage + 1;
  return json;
}

}  // namespace

Maker::Maker(const SynthTask& task, const SynthOptions& options, const SynthTeacher& teacher,
             LostReplies& lost)
    : task_(task),
      options_(options),
      teacher_(teacher),
      lost_(lost),
      planner_(task, options),
      balance_(task, planner_.wanted(), options.match_seed_balance, options.balance_slack),
      cascade_(make_cascade(task, options, planner_, balance_)) {
  if (options.plain) plain_.emplace(task, options);
  report_.pack = task.pack.name;
  report_.task_type = task.pack.task_type;
  report_.teacher = teacher.options.model;
  report_.mode = to_string(options.mode);
  report_.seed = options.seed;
  report_.seed_rows = int64_t(task.seeds.size());
  report_.wanted = planner_.wanted();
  for (const std::string& kind : balance_.kinds()) report_.kinds.try_emplace(kind);
  for (const ReadRow& seed : task.seeds) {
    for (const std::string& kind : seed.kinds) ++report_.kinds[kind].seed;
  }
}

void Maker::run(const SynthProgress& progress) {
  while (iterate()) {
    if (progress) progress(report_);
  }
  finish();
}

/// Asks once more; false when there is nothing to ask or asking has ended.
bool Maker::iterate() {
  const std::vector<Ask> asks = planner_.next(balance_);
  if (asks.empty()) return false;
  std::vector<TeacherRequest> requests;
  std::vector<std::string> ids;
  for (const Ask& ask : asks) {
    requests.push_back(plain_ ? plain_->request(ask) : write_request(task_, options_, ask));
    ids.push_back(request_id(requests.back(), teacher_.options.model));
  }
  const std::vector<TeacherReply> replies = ask_all(requests, ids);
  // In the order of the requests: what is accepted decides about what comes after it. Behind a
  // request that was not asked nothing is judged, for that one will come before it.
  for (size_t i = 0; i < asks.size() && report_.stopped.empty(); ++i) {
    take_reply(asks[i], ids[i], replies[i]);
  }
  return report_.stopped.empty();
}

/// The replies, in the order of the requests; what was lost before is not asked again.
std::vector<TeacherReply> Maker::ask_all(const std::vector<TeacherRequest>& requests,
                                         const std::vector<std::string>& ids) {
  TeacherReply not_asked;
  not_asked.outcome = TeacherOutcome::stopped;
  std::vector<TeacherReply> replies(requests.size(), not_asked);
  std::vector<size_t> places;
  std::vector<TeacherRequest> open;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (auto lost = lost_.find(ids[i])) {
      replies[i] = *std::move(lost);
      continue;
    }
    places.push_back(i);
    open.push_back(requests[i]);
  }
  if (open.empty()) return replies;
  teacher_.ask_all(
      open, [&](size_t index, TeacherReply reply) { replies[places[index]] = std::move(reply); });
  for (const size_t place : places) lost_.add(ids[place], replies[place]);
  lost_.write();
  return replies;
}

void Maker::take_reply(const Ask& ask, const std::string& id, const TeacherReply& reply) {
  if (reply.outcome == TeacherOutcome::unpaid || reply.outcome == TeacherOutcome::stopped) {
    report_.resumable = true;
    report_.stopped = reply.outcome == TeacherOutcome::unpaid ? "the spending limit is reached"
                                                              : "asking was stopped";
    return;
  }
  ++report_.calls;
  ++report_.replies[to_string(reply.outcome)];
  report_.prompt_tokens += reply.prompt_tokens;
  report_.answer_tokens += reply.answer_tokens;
  // Calls are an answer to the task's own prompt, and no rows.
  if (reply.text.empty() && (!plain_ || reply.calls.empty())) {
    const std::string message = reply.message.empty() ? "there is no text in it" : reply.message;
    return reject(ask, id, "reply", message, nullptr, {});
  }
  take_rows(ask, id, reply);
}

void Maker::take_rows(const Ask& ask, const std::string& id, const TeacherReply& reply) {
  if (plain_) {
    std::optional<Json> row = plain_->row(ask, reply);
    if (row) return take_row(ask, id, std::move(*row), 1);
    return reject(ask, id, "reply", "is no answer that the task type can read", "text",
                  reply.text.empty() ? reply.calls : reply.text);
  }
  ReplyRows found = read_reply_rows(reply.text);
  for (const ReplyRows::Fault& fault : found.faults) {
    reject(ask, id, "reply", fault.message, "text", fault.text);
  }
  for (size_t i = 0; i < found.rows.size(); ++i) {
    take_row(ask, id, std::move(found.rows[i]), i + 1);
  }
}

void Maker::take_row(const Ask& ask, const std::string& id, Json row, size_t number) {
  ++report_.offered;
  Candidate candidate;
  candidate.ask = &ask;
  candidate.where = fmt::format("request {}, row {}", ask.index + 1, number);
  candidate.row = without_bookkeeping(std::move(row));
  if (ask.passage) {
    candidate.row[task_.passage_key] = options_.passages[*ask.passage];
    candidate.row["group"] = fmt::format("passage {}", *ask.passage + 1);
  }
  for (const auto& validator : cascade_) {
    const std::string fault = validator->fault(candidate);
    if (fault.empty()) continue;
    if (candidate.input && validator->is_of_input()) planner_.drop(*candidate.input);
    return reject(ask, id, std::string(validator->name()), fault, "row", std::move(candidate.row));
  }
  for (const auto& validator : cascade_) validator->accept(candidate);
  accept(candidate, id);
}

void Maker::accept(const Candidate& row, const std::string& id) {
  ++report_.accepted;
  for (const std::string& kind : row.kinds) ++report_.kinds[kind].accepted;
  lines_.train += line(row.row);
  Json origin = {{"row", report_.accepted}, {"teacher", teacher_.options.model}};
  origin.update(provenance(task_, *row.ask, id));
  if (row.input) origin["input"] = *row.input + 1;
  origin["validators"] = Json::array();
  for (const auto& validator : cascade_)
    origin["validators"].push_back(std::string(validator->name()));
  lines_.provenance += line(origin);
  accepted_.push_back(row.likeness);
}

/// `what`: the key under which `value` is kept; null where there is nothing to keep.
void Maker::reject(const Ask& ask, const std::string& id, const std::string& reason,
                   const std::string& message, const char* what, Json value) {
  ++report_.rejected[reason];
  Json rejected = {{"reason", reason}, {"message", message}};
  if (what) rejected[what] = std::move(value);
  rejected.update(provenance(task_, ask, id));
  lines_.rejected += line(rejected);
}

void Maker::finish() {
  report_.wanted = planner_.wanted();
  report_.complete = report_.stopped.empty() && planner_.full();
  if (!report_.complete && report_.stopped.empty()) report_.stopped = planner_.ended();
  report_.cost = (double(report_.prompt_tokens) * teacher_.options.input_price +
                  double(report_.answer_tokens) * teacher_.options.output_price) /
                 1e6;
  const LikenessReader reader(task_, options_.mode == SynthMode::passages);
  std::vector<Likeness> seeds;
  for (const ReadRow& seed : task_.seeds) seeds.push_back(reader.of(seed.examples));
  report_.diversity = measure_diversity(seeds, accepted_, options_.seed);
}

}  // namespace tuneval
