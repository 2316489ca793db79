// The commands `tuneval plugins …`; what they begin is built by tests/sdk_consumer.
#include "tests/end_to_end/program.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tuneval::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

class Plugins : public ProgramTest {};

std::string plugin(const std::string& name) {
  return (fs::path(TUNEVAL_PLUGIN_DIR) / (name + ".so")).string();
}

TEST_F(Plugins, CheckSaysWhatEachCheckMeansAndWhatWasSeen) {
  const Outcome outcome = tuneval({"plugins", "check", plugin("accuracy")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("passed   perfect-is-best"));
  EXPECT_THAT(outcome.out, HasSubstr("Predictions equal to the references get the best value."));
  EXPECT_THAT(outcome.out, HasSubstr("seen: "));
  EXPECT_THAT(outcome.out, HasSubstr("9 passed, 0 failed, 0 skipped"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("mend: ")));
}

TEST_F(Plugins, CheckSaysHowToMendWhatFailed) {
  const fs::path renamed = folder_ / "other.so";
  fs::copy_file(plugin("accuracy"), renamed);
  const Outcome outcome = tuneval({"plugins", "check", renamed.string()});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("FAILED   name-matches-file"));
  EXPECT_THAT(outcome.out, HasSubstr("mend: Give tuneval_add_plugin, TUNEVAL_PLUGIN and the file"));
}

TEST_F(Plugins, CheckGivesOneJsonObject) {
  const Outcome outcome = tuneval({"plugins", "check", plugin("accuracy"), "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["plugin"], plugin("accuracy"));
  EXPECT_EQ(json["failed"], 0);
  EXPECT_EQ(json["checks"].size(), json["passed"].get<size_t>() + json["skipped"].get<size_t>());
  for (const Json& check : json["checks"]) {
    EXPECT_EQ(check["status"], "passed") << check;
    for (const char* key : {"name", "subject", "meaning", "seen", "mend"}) {
      EXPECT_FALSE(check[key].get<std::string>().empty()) << check;
    }
  }
  EXPECT_FALSE(json.contains("oracle"));
}

/// By the file that is checked: the family that the program finds by itself is another copy.
TEST_F(Plugins, CheckComparesWithAnOracle) {
  const fs::path fixtures = fs::path(TUNEVAL_SOURCE_DIR) / "tests/parity/fixtures";
  const std::vector<std::string> same = {"plugins",
                                         "check",
                                         plugin("llama"),
                                         "--model",
                                         fixtures / "models/llama_smol",
                                         "--oracle",
                                         fixtures / "llama_smol.logits.safetensors"};
  const Outcome outcome = tuneval(same);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("passed   agrees-with-its-oracle"));

  std::vector<std::string> strict = same;
  strict.insert(strict.end(), {"--tolerance", "0", "--json"});
  const Outcome refused = tuneval(strict);
  EXPECT_EQ(refused.exit_code, 1);
  const Json oracle = Json::parse(refused.out)["oracle"];
  EXPECT_EQ(oracle["status"], "failed");
  EXPECT_EQ(oracle["same_choice"], oracle["tokens"]);
  EXPECT_LT(oracle["largest_relative"].get<double>(), 1e-4);
}

TEST_F(Plugins, NewMakesAFolder) {
  const fs::path to = folder_ / "mine";
  const Outcome outcome = tuneval({"plugins", "new", "task", "mine", "--to", to.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("mine.cpp what to change"));
  EXPECT_THAT(read_file(to / "mine.cpp"), HasSubstr("add_task_type(\"mine\""));
}

TEST_F(Plugins, NewRefusesATakenName) {
  for (const char* name : {"accuracy", "qwen3", "gemma3_text"}) {
    const fs::path to = folder_ / name;
    const Outcome outcome = tuneval({"plugins", "new", "metric", name, "--to", to.string()});
    EXPECT_EQ(outcome.exit_code, 2) << name;
    EXPECT_THAT(outcome.err, HasSubstr("is taken")) << name;
    EXPECT_FALSE(fs::exists(to)) << name;
  }
}

TEST_F(Plugins, NewRefusesAnotherKind) {
  const Outcome outcome = tuneval({"plugins", "new", "dataset", "mine"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("dataset"));
}

}  // namespace
}  // namespace tuneval::testing
