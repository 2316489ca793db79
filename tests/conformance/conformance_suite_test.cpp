// Plugins that are wrong on purpose fail exactly the checks that they break.
#include "framework/conformance/checks.h"
#include "framework/conformance/conformance.h"
#include "framework/loader/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Status = CheckResult::Status;

class Conformance : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::vector<fs::path> beside = {fs::path(TUNEVAL_PLUGIN_DIR) / "accuracy.so"};
    others_ = new Registry(load_plugins(beside));
  }
  static void TearDownTestSuite() { delete others_; }

  /// Checks a plugin of this folder.
  void check(const std::string& name) {
    CheckOptions options;
    options.others = others_;
    results_ = check_plugin(fs::path(TUNEVAL_BAD_PLUGIN_DIR) / (name + ".so"), options);
  }
  std::vector<std::string> failed(const std::string& subject) const {
    return with(subject, Status::failed);
  }
  std::vector<std::string> with(const std::string& subject, Status status) const {
    std::vector<std::string> names;
    for (const CheckResult& result : results_) {
      if (result.subject == subject && result.status == status) names.push_back(result.name);
    }
    return names;
  }
  std::string seen(const std::string& subject, const std::string& check) const {
    for (const CheckResult& result : results_) {
      if (result.subject == subject && result.name == check) return result.seen;
    }
    return "no such check";
  }

  static Registry* others_;
  std::vector<CheckResult> results_;
};
Registry* Conformance::others_ = nullptr;

TEST(Checks, NamesAreKebabCaseMeaningsAndAdviceSentences) {
  std::set<std::string_view> names;
  for (const Check& check : kChecks) {
    EXPECT_EQ(check.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    EXPECT_TRUE(check.meaning.ends_with('.')) << check.name;
    EXPECT_TRUE(check.mend.ends_with('.')) << check.name;
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
  }
}

TEST_F(Conformance, NoFileIsAFailedCheckAndTheRestAreSkipped) {
  check("gone");
  EXPECT_THAT(failed("plugin gone"), ElementsAre("door-and-tag"));
  EXPECT_THAT(seen("plugin gone", "door-and-tag"), HasSubstr("there is no such file"));
  EXPECT_THAT(results_.front().mend, HasSubstr("tuneval_add_plugin"));
  EXPECT_THAT(with("plugin gone", Status::skipped), testing::SizeIs(4));
  EXPECT_FALSE(all_passed(results_));
}

TEST_F(Conformance, RegistersNothing) {
  check("registers_nothing");
  EXPECT_THAT(failed("plugin registers_nothing"), ElementsAre("registers-something"));
  EXPECT_THAT(with("plugin registers_nothing", Status::skipped),
              ElementsAre("registering-twice-is-refused"));
}

TEST_F(Conformance, RegistersAnotherNameEachTime) {
  check("registers_anew");
  EXPECT_THAT(failed("plugin registers_anew"), ElementsAre("registering-twice-is-refused"));
}

TEST_F(Conformance, ExportsMoreThanItsDoor) {
  check("talkative");
  EXPECT_THAT(failed("plugin talkative"), ElementsAre("exports-only-the-door"));
  EXPECT_THAT(seen("plugin talkative", "exports-only-the-door"),
              HasSubstr("build it with tuneval_add_plugin"));
  EXPECT_THAT(failed("metric talkative"), IsEmpty());
}

TEST_F(Conformance, BadMetrics) {
  check("bad_metric");
  EXPECT_THAT(failed("plugin bad_metric"), IsEmpty());
  EXPECT_THAT(failed("metric overrated"),
              UnorderedElementsAre("order-does-not-matter", "finite-on-nothing"));
  EXPECT_THAT(failed("metric unbounded"), testing::Contains("perfect-is-best"));
  EXPECT_THAT(seen("metric unbounded", "perfect-is-best"), HasSubstr("100 is not between"));
  EXPECT_THAT(failed("metric lenient"), ElementsAre("unparsed-is-not-best"));
}

TEST_F(Conformance, BadTaskTypes) {
  check("bad_task_type");
  EXPECT_THAT(failed("task type careless"),
              UnorderedElementsAre("bad-row-is-named", "target-parses-to-reference",
                                   "parse-survives-any-text", "perfect-answers-get-the-best-score",
                                   "hooks-are-sound"));
  EXPECT_EQ(seen("task type careless", "hooks-are-sound"), "sample:1: \"a\" looks wrong");
  EXPECT_THAT(seen("task type careless", "bad-row-is-named"), HasSubstr("does not name sample:99"));
  EXPECT_THAT(failed("task type forgetful"), ElementsAre("reads-its-sample"));
  EXPECT_THAT(failed("task type sampleless"), ElementsAre("reads-its-sample"));
  EXPECT_THAT(seen("task type sampleless", "reads-its-sample"), HasSubstr("without a sample"));
}

/// Both splits of a pack are read, every answer of its conversations, and the options that are the
/// host's ("shots") are kept from the task type.
TEST_F(Conformance, ATaskTypeIsTriedOnAWholePack) {
  std::string pattern = (fs::temp_directory_path() / "tuneval-test-XXXXXX").string();
  const fs::path pack = fs::path(::mkdtemp(pattern.data())) / "pack";
  fs::copy(fs::path(TUNEVAL_SOURCE_DIR) / "packs/voice_banking", pack);
  std::stringstream text;
  text << std::ifstream(pack / "pack.toml").rdbuf();
  std::string options = text.str();
  options.replace(options.find("max_new_tokens"), 0, "shots = 2\n");
  std::ofstream(pack / "pack.toml") << options;
  CheckOptions of_pack;
  of_pack.pack = pack;
  results_ = check_plugin(fs::path(TUNEVAL_PLUGIN_DIR) / "tool_calling.so", of_pack);
  fs::remove_all(pack.parent_path());
  EXPECT_THAT(failed("task type tool_calling"), IsEmpty());
  EXPECT_THAT(seen("task type tool_calling", "reads-its-sample"),
              HasSubstr("196 rows, 537 examples"));
  EXPECT_EQ(seen("task type tool_calling", "target-parses-to-reference"), "537 targets");
}

TEST_F(Conformance, BadFamilies) {
  check("bad_families");
  EXPECT_THAT(failed("model family leaky"),
              UnorderedElementsAre("cache-equals-whole-sequence", "forest-equals-separate-rows",
                                   "rows-do-not-mix", "future-does-not-leak"));
  EXPECT_THAT(failed("model family lonely"), IsEmpty());
  EXPECT_THAT(failed("model family untrainable"),
              UnorderedElementsAre("lora-targets-are-sdk-linears", "every-lora-target-learns"));
  EXPECT_THAT(seen("model family untrainable", "every-lora-target-learns"),
              HasSubstr("unused.lora_A has no gradient"));
  EXPECT_THAT(failed("model family curt"), ElementsAre("missing-key-is-named"));
  EXPECT_THAT(failed("model family unbuildable"), ElementsAre("builds-from-tiny-config"));
  EXPECT_THAT(seen("model family unbuildable", "builds-from-tiny-config"),
              HasSubstr("\"num_hidden_layers\" is missing"));
}

/// Every check of kChecks has a result for every subject of its kind.
TEST_F(Conformance, NoCheckIsLeftOut) {
  check("bad_families");
  std::map<std::string, std::set<std::string>> by_subject;
  for (const CheckResult& result : results_) by_subject[result.subject].insert(result.name);
  for (const Check& check : kChecks) {
    const std::string name(check.name);
    if (check.of == "plugin") {
      EXPECT_TRUE(by_subject["plugin bad_families"].contains(name)) << name;
    } else if (check.of == "model family") {
      EXPECT_TRUE(by_subject["model family lonely"].contains(name)) << name;
      EXPECT_TRUE(by_subject["model family unbuildable"].contains(name)) << name;
    }
  }
}

}  // namespace
}  // namespace tuneval
