#include "manifest_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

class OverridesTest : public ManifestTest {};

TEST_F(OverridesTest, ReplaceAndAdd) {
  const Manifest manifest =
      read(kEntries + "[tuning]\nepochs = 9\n",
           {"tuning.epochs=1", "run.name=trial run", "run.seed = 7", "tuning.targets=[\"q\"]",
            "run.output=/tmp/x=y", "models.options.dtype=float32", "tasks.train_limit=5"});
  EXPECT_EQ(manifest.tuning.epochs, 1);
  EXPECT_EQ(manifest.name, "trial run");
  EXPECT_EQ(manifest.tuning.seed, 7u);
  EXPECT_THAT(manifest.tuning.targets, ElementsAre("q"));
  EXPECT_EQ(manifest.output, "/tmp/x=y");
  EXPECT_EQ(manifest.models[0].options["dtype"], "float32");
  EXPECT_EQ(manifest.tasks[0].train_limit, 5);
}

TEST_F(OverridesTest, AnOverrideReachesEveryEntry) {
  const Manifest manifest = read(kEntries + "[[tasks]]\npack = \"b\"\n", {"tasks.test_limit=3"});
  EXPECT_EQ(manifest.tasks[0].test_limit, 3);
  EXPECT_EQ(manifest.tasks[1].test_limit, 3);
}

TEST_F(OverridesTest, AnOverrideIsNamedInItsError) {
  const auto refused = [&](const std::string& text) { return error(kEntries, {text}); };
  EXPECT_EQ(refused("tuning.epoch=1"),
            "--set tuning.epoch=1: unknown key \"epoch\" in [tuning]: did you mean \"epochs\"?");
  EXPECT_EQ(refused("tuning.epochs=many"),
            "--set tuning.epochs=many: \"epochs\" in [tuning] is \"many\": expected an integer");
  EXPECT_EQ(refused("tuning.rank=0"),
            "--set tuning.rank=0: \"rank\" in [tuning] is 0: expected at least 1");
  EXPECT_EQ(refused("epochs=1"),
            "--set epochs=1: expected section.key=value: the section is missing");
  EXPECT_EQ(refused("tuning.epochs"), "--set tuning.epochs: expected section.key=value");
  EXPECT_EQ(refused("tuning..epochs=1"), "--set tuning..epochs=1: expected section.key=value");
  EXPECT_EQ(refused("tuning.targets=[\"q\""),
            "--set tuning.targets=[\"q\": the value [\"q\" is not TOML");
  EXPECT_EQ(refused("tuning.epochs.x=1"),
            "--set tuning.epochs.x=1: \"epochs\" in [tuning] is a table: expected an integer");
  EXPECT_EQ(refused("models.path.x=1"), "--set models.path.x=1: \"path\" is not a table");
  EXPECT_EQ(refused("nonsense.x=1"),
            "--set nonsense.x=1: unknown key \"nonsense\" in the manifest: known are \"run\", "
            "\"models\", \"tasks\", \"tuning\", \"scoring\", \"report\", \"engine\", \"teacher\", "
            "\"judge\"");
}

TEST_F(OverridesTest, AnOverrideCannotSmuggleInAnotherKey) {
  EXPECT_THAT(error(kEntries, {"run.name=\"a\"\nseed = 9"}), EndsWith("seed = 9 is not TOML"));
}

}  // namespace
}  // namespace tuneval
