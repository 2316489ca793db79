// A task type that loses the row's line, throws at odd completions, whose target is no right answer
// and which doubts its own sample; and one without a sample.
#include "tuneval/error.h"
#include "tuneval/plugin.h"

#include <stdexcept>

namespace {

class Careless final : public tuneval::TaskType {
 public:
  tuneval::Example read(const tuneval::Row& row) const override {
    if (!row.has("answer")) throw tuneval::DataError("something is wrong with a row");
    const std::string answer = row.text("answer");
    return {.messages = {{.role = "user", .content = "?", .tool_calls = {}}},
            .tools = {},
            .target = answer,
            .references = {answer + "!"},
            .where = row.where()};
  }
  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    if (completion.empty()) throw std::out_of_range("no first letter");
    return {true, std::string(completion)};
  }
  std::vector<std::string> metrics() const override { return {"accuracy", "of_another_plugin"}; }
  std::vector<std::string> doubts(const tuneval::Example& example) const override {
    return {"\"" + example.target + "\" looks wrong"};
  }
};

class Forgetful final : public tuneval::TaskType {
 public:
  tuneval::Example read(const tuneval::Row&) const override { return {}; }
  tuneval::Prediction parse(const tuneval::Example&, std::string_view) const override { return {}; }
  std::vector<std::string> metrics() const override { return {"accuracy"}; }
};

}  // namespace

TUNEVAL_PLUGIN("bad_task_type", "1") {
  registry.add_task_type("careless", [](const auto&) { return std::make_shared<Careless>(); },
                         {.rows = {R"({"answer": "a"})", R"({"answer": "b"})"}});
  registry.add_task_type("forgetful", [](const auto&) { return std::make_shared<Forgetful>(); },
                         {.rows = {R"({"answer": "a"})"}});
  registry.add_task_type("sampleless", [](const auto&) { return std::make_shared<Careless>(); });
}
