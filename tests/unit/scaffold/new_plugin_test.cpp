#include "framework/scaffold/new_plugin.h"

#include "tests/support/folder.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::read_text;
using testing::HasSubstr;
using testing::Not;

class Always final : public Metric {
 public:
  SampleScore score(const Example&, const Prediction&) const override { return SampleScore::of(1); }
};

/// What "plugin_a" registers: metric "always".
Registry some_registry() {
  Registry registry;
  registry.begin_plugin("plugin_a", "1.0.0", "plugin_a.so");
  registry.add_metric("always", [](const Config&) { return std::make_shared<Always>(); });
  return registry;
}

class NewPlugin : public testing::Test {
 protected:
  std::string refusal(const std::string& name) {
    return message_of<ManifestError>(
        [&] { write_new_plugin(registry_, PluginKind::metric, name, folder_.path() / "new"); });
  }

  test::TempFolder folder_;
  const Registry registry_ = some_registry();
};

TEST_F(NewPlugin, HasItsNameInEveryFile) {
  struct Case {
    PluginKind kind;
    const char *left, *registered;
  };
  for (const Case& one : {Case{PluginKind::model, "new_model", "add_model_family(\"my_own\""},
                          Case{PluginKind::task, "new_task", "add_task_type(\"my_own\""},
                          Case{PluginKind::metric, "new_metric", "add_metric(\"my_own\""}}) {
    const fs::path folder = folder_.path() / one.left;
    write_new_plugin(registry_, one.kind, "my_own", folder);
    for (const char* file : {"CMakeLists.txt", "my_own.cpp", "README.md"}) {
      const std::string text = read_text(folder / file);
      EXPECT_THAT(text, HasSubstr("my_own")) << one.left << " " << file;
      EXPECT_THAT(text, Not(HasSubstr(one.left))) << file;
    }
    EXPECT_THAT(read_text(folder / "my_own.cpp"), HasSubstr(one.registered));
    EXPECT_THAT(read_text(folder / "my_own.cpp"), HasSubstr("TUNEVAL_PLUGIN(\"my_own\""));
    EXPECT_THAT(read_text(folder / "CMakeLists.txt"), HasSubstr("tuneval_check_plugin(my_own)"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 3) << one.left;
  }
}

TEST_F(NewPlugin, ItsClassBearsTheName) {
  write_new_plugin(registry_, PluginKind::metric, "rouge_2x", folder_.path() / "m");
  const std::string text = read_text(folder_.path() / "m/rouge_2x.cpp");
  EXPECT_THAT(text, HasSubstr("class Rouge2x final : public tuneval::Metric"));
  EXPECT_THAT(text, Not(HasSubstr("NewMetric")));
}

/// A family is told by its model_type, which nobody else may claim.
TEST_F(NewPlugin, AFamilyReadsTheModelTypeOfItsName) {
  write_new_plugin(registry_, PluginKind::model, "phi", folder_.path() / "phi");
  const std::string text = read_text(folder_.path() / "phi/phi.cpp");
  EXPECT_THAT(text, HasSubstr("return {\"phi\"};"));
  EXPECT_THAT(text, HasSubstr("{\"model_type\": \"phi\""));
}

TEST_F(NewPlugin, WhatNamesNoPluginIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("9lives"), std::string("_a"), std::string("My"),
        std::string("a-b"), std::string("a/b"), std::string("../a"), std::string("a b"),
        std::string("a\n"), std::string("é"), std::string(65, 'a')}) {
    EXPECT_THAT(refusal(name), HasSubstr("names no plugin")) << name;
    EXPECT_TRUE(fs::is_empty(folder_.path())) << name;
  }
}

TEST_F(NewPlugin, ATakenNameIsRefusedByWhoHasIt) {
  EXPECT_EQ(refusal("always"),
            "\"always\" is taken: plugin \"plugin_a\" (plugin_a.so) registers metric \"always\"");
  EXPECT_THAT(refusal("plugin_a"), HasSubstr("is taken"));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(NewPlugin, WhatIsThereIsLeftAlone) {
  test::write_text(folder_.path() / "new/file", "mine");
  EXPECT_THAT(refusal("mine"), HasSubstr("is not empty"));
  EXPECT_EQ(read_text(folder_.path() / "new/file"), "mine");
}

}  // namespace
}  // namespace tuneval
