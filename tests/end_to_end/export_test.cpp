// What a runner takes away: a cell's adapter, its merged model, and both tried out.
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

const fs::path kModel = fs::path(TUNEVAL_SOURCE_DIR) / "models/tiny-llama";

/// One small run for all of these tests: tiny-llama on ticket_urgency, tuned for some steps.
class ExportProgramTest : public ProgramTest {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (fs::temp_directory_path() / "tuneval-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    made_ = pattern;
    write_file(made_ / "run.toml", fmt::format(R"(
[run]
output = "out"
[[models]]
path = "{0}/models/tiny-llama"
[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 48
test_limit = 8
[tuning]
epochs = 2
batch_size = 8
rank = 8
alpha = 16
learning_rate = 5e-3
)",
                                               TUNEVAL_SOURCE_DIR));
    const Outcome run = tuneval({"run", (made_ / "run.toml").string(), "--quiet"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  static void TearDownTestSuite() {
    std::error_code ignored;
    fs::remove_all(made_, ignored);
  }

  static std::string run() { return (made_ / "out").string(); }
  static CellRecord record() { return RecordStore(made_ / "out").read_all().records.at(0); }
  static Outcome take(const fs::path& to, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "export", run(), "--model", "tiny-llama", "--task", "ticket_urgency", "--to", to.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tuneval(arguments);
  }
  static std::string answer(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"generate"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome outcome = tuneval(all);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }

  static fs::path made_;
};

fs::path ExportProgramTest::made_;

TEST_F(ExportProgramTest, TheCellCarriesItsCertificate) {
  const CellRecord cell = record();
  ASSERT_TRUE(cell.parity && cell.parity->logits);
  EXPECT_EQ(cell.parity->token_rows, 48 + 8);
  EXPECT_TRUE(cell.parity->order_independent);
  EXPECT_EQ(cell.parity->logits->reloaded, 0.0);
  EXPECT_LT(cell.parity->logits->merged.value(), 1e-5);
  EXPECT_GT(cell.parity->logits->rounded.value(), 0.0);  // the checkpoint is bfloat16
}

TEST_F(ExportProgramTest, AdapterAndMergedModelAnswerAlike) {
  const Outcome adapter = take(folder_ / "adapter");
  ASSERT_EQ(adapter.exit_code, 0) << adapter.err;
  EXPECT_THAT(adapter.out, HasSubstr("the adapter of tiny-llama on ticket_urgency"));
  const Outcome merged = take(folder_ / "merged", {"--merge"});
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("of them merged"));
  EXPECT_THAT(merged.out, HasSubstr("positions kept their likeliest token"));
  const std::string stored = record().tune->adapter + "/adapter_model.safetensors";
  EXPECT_EQ(read_file(folder_ / "adapter/adapter_model.safetensors"),
            read_file(made_ / "out" / stored));
  for (const char* name : {"config.json", "tokenizer.json", "chat_template.jinja"}) {
    EXPECT_EQ(read_file(folder_ / "merged" / name), read_file(kModel / name));
  }
  const std::string base = answer({kModel.string(), "--prompt", "my order is late"});
  const std::string tuned = answer({kModel.string(), "--prompt", "my order is late", "--adapter",
                                    (folder_ / "adapter").string()});
  EXPECT_NE(base, tuned) << "tuning changed nothing to be seen";
  EXPECT_EQ(answer({(folder_ / "merged").string(), "--prompt", "my order is late"}), tuned);
}

TEST_F(ExportProgramTest, WhatCannotBeExportedIsExplained) {
  const auto refused = [&](const Outcome& outcome, const std::string& message) {
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(message));
  };
  const std::string to = (folder_ / "to").string();
  const auto names = [&](const char* model, const char* task) {
    return tuneval({"export", run(), "--model", model, "--task", task, "--to", to});
  };
  refused(names("tiny", "ticket_urgency"),
          "there is no record of model \"tiny\": expected one of tiny-llama");
  refused(names("tiny-llama", "topics"),
          "there is no record of tiny-llama on task \"topics\": expected one of ticket_urgency");
  refused(tuneval({"export", folder_.string(), "--model", "a", "--task", "b", "--to", to}),
          "no records: expected a run folder");
  refused(take(folder_ / "to", {"--merge", "--base", TUNEVAL_SOURCE_DIR "/models/tiny-qwen3"}),
          "its files are not those that tiny-llama was tuned from");
  refused(take(folder_ / "to", {"--merge", "--base", "nowhere"}), "name it by --base DIR");
  write_file(folder_ / "full/x", "x");
  refused(take(folder_ / "full"), "is not empty: expected a new or empty folder");
  EXPECT_FALSE(fs::exists(to));
}

class ChatProgramTest : public ProgramTest {
 protected:
  Outcome chat(const std::string& name, const std::string& text,
               const std::vector<std::string>& more = {}) {
    write_file(folder_ / name, text);
    std::vector<std::string> arguments = {"generate", kModel.string(), "--max-tokens",
                                          "8",        "--chat",        (folder_ / name).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tuneval(arguments);
  }
};

TEST_F(ChatProgramTest, EveryFormOfAConversationIsRead) {
  const std::string list = R"([{"role": "system", "content": "Be brief."},
                               {"role": "user", "content": "Which colour is it?"}])";
  const Outcome plain = tuneval({"generate", kModel.string(), "--max-tokens", "8", "--system",
                                 "Be brief.", "--prompt", "Which colour is it?"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  const Outcome one = chat("chat.json", list);
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(one.err, "");
  EXPECT_EQ(one.out, plain.out);
  EXPECT_EQ(chat("whole.json", R"({"messages": )" + list + "}").out, plain.out);
  const std::string line =
      nlohmann::ordered_json{{"messages", nlohmann::ordered_json::parse(list)}}.dump();
  EXPECT_EQ(chat("rows.jsonl", line + "\n" + R"({"messages": 3})" + "\n").out, plain.out);
  EXPECT_EQ(tuneval_reading(folder_ / "chat.json",
                            {"generate", kModel.string(), "--max-tokens", "8", "--chat", "-"})
                .out,
            plain.out);
  // An answer at the end is not what the model goes on from.
  const Outcome answered = chat("answered.json", list.substr(0, list.size() - 1) +
                                                     R"(, {"role": "assistant", "content": "x"}])");
  EXPECT_EQ(answered.out, plain.out);
  EXPECT_THAT(answered.err, HasSubstr("the assistant's own answer: it was left out"));
}

TEST_F(ChatProgramTest, EarlierTurnsAndToolsReachTheModel) {
  const std::string turns = R"([{"role": "user", "content": "Which colour is it?"},
      {"role": "assistant", "content": "", "tool_calls": [{"type": "function",
        "function": {"name": "look", "arguments": {}}}]},
      {"role": "tool", "content": "green"}, {"role": "user", "content": "Which colour is it?"}])";
  const Outcome outcome = chat("turns.json", turns);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out,
            chat("last.json", R"([{"role": "user", "content": "Which colour is it?"}])").out);
  const Outcome tools = chat("tools.json", R"({"messages": )" + turns + R"(, "tools": [{"type":
      "function", "function": {"name": "look", "description": "Looks.", "parameters": {}}}]})");
  ASSERT_EQ(tools.exit_code, 0) << tools.err;
  EXPECT_THAT(tools.err, HasSubstr("tools.json: the model's template does not show calls: "
                                   "written as text"));
}

TEST_F(ChatProgramTest, TheTemplateSeesToolsAndItsRefusalNamesTheFile) {
  fs::copy(kModel, folder_ / "model");
  write_file(
      folder_ / "model/chat_template.jinja",
      "{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}"
      "{% if messages[0].name %}{{ raise_exception('saw ' + (tools or [])[0].function.name + "
      "' and ' + messages[0].name) }}{% endif %}{{ messages[0].content }}");
  write_file(folder_ / "chat.json", R"({"messages": [{"role": "user", "name": "Ann",
      "content": "x"}], "tools": [{"type": "function", "function": {"name": "look"}}]})");
  const Outcome outcome = tuneval(
      {"generate", (folder_ / "model").string(), "--chat", (folder_ / "chat.json").string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, StartsWith("tuneval: " + (folder_ / "chat.json").string() + ": "));
  EXPECT_THAT(outcome.err, HasSubstr("saw look and Ann"));
}

TEST_F(ChatProgramTest, MistakesNameTheFileAndWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ": not JSON at byte "},
      {"{\"messages\": [", ": not JSON at byte "},
      {"3", ": expected a JSON list of messages"},
      {"{}", ": \"messages\" is missing"},
      {"[]", ": \"messages\" is empty: expected one of the user at least"},
      {"[3]", "messages"},
      {R"([{"content": "x"}])", "\"role\" is missing"},
      {R"([{"role": "human", "content": "x"}])",
       "\"role\" is \"human\": expected one of system, user, assistant, tool"},
      {R"([{"role": "user"}])", "\"content\" is missing"},
      {R"([{"role": "user", "content": 3}])", "\"content\" is 3: expected a string"},
      {R"({"messages": [{"role": "user", "content": "x"}], "tools": {}})", "\"tools\""},
      {"{\"messages\": 3}\n{}", "chat.json:1: \"messages\""},
  };
  for (const auto& [text, message] : cases) {
    const Outcome outcome = chat("chat.json", text);
    EXPECT_EQ(outcome.exit_code, 2) << text;
    EXPECT_THAT(outcome.err, StartsWith("tuneval: " + (folder_ / "chat.json").string())) << text;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << text;
  }
  EXPECT_THAT(tuneval({"generate", kModel.string(), "--chat", "nowhere.json"}).err,
              HasSubstr("nowhere.json: no such file: expected a JSON list"));
}

TEST_F(ChatProgramTest, ExactlyOneOfPromptAndChat) {
  EXPECT_THAT(tuneval({"generate", kModel.string()}).err,
              HasSubstr("expected --prompt TEXT or --chat FILE"));
  EXPECT_THAT(chat("chat.json", "[]", {"--prompt", "x"}).err, HasSubstr("expected one of them"));
  EXPECT_THAT(chat("chat.json", "[]", {"--raw"}).err, HasSubstr("--raw goes with --prompt"));
  EXPECT_THAT(chat("chat.json", "[]", {"--system", "x"}).err,
              HasSubstr("--system goes with --prompt"));
}

}  // namespace
}  // namespace tuneval::testing
