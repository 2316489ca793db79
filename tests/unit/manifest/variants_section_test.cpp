#include "framework/manifest/variants_section.h"

#include "manifest_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class VariantsSectionTest : public ManifestTest {};

TEST_F(VariantsSectionTest, WithoutThemThereIsOneSeedAndOneRate) {
  const Manifest manifest = read(kEntries);
  EXPECT_EQ(manifest.seed, 123u);
  EXPECT_THAT(manifest.more_seeds, IsEmpty());
  EXPECT_THAT(manifest.learning_rates, IsEmpty());
  EXPECT_FALSE(manifest.scoring.curve);
  EXPECT_THAT(manifest.report.max_parameters, IsEmpty());
}

TEST_F(VariantsSectionTest, TheFirstSeedIsTheRunsAndTheRecipes) {
  const Manifest manifest = read("run.seeds = [7, 3, 5]\n" + kEntries);
  EXPECT_EQ(manifest.seed, 7u);
  EXPECT_EQ(manifest.tuning.seed, 7u);
  EXPECT_THAT(manifest.more_seeds, ElementsAre(3u, 5u));
  EXPECT_EQ(read(kEntries, {"run.seeds=[9]"}).seed, 9u);
}

TEST_F(VariantsSectionTest, TheBandIsSortedAndWithoutTheRecipesOwnRate) {
  const Manifest manifest =
      read(kEntries + "[tuning]\nlearning_rate = 1e-4\nlearning_rates = [3e-4, 1e-4, 2e-5]\n");
  EXPECT_EQ(manifest.tuning.learning_rate, 1e-4);
  EXPECT_THAT(manifest.learning_rates, ElementsAre(2e-5, 3e-4));
}

TEST_F(VariantsSectionTest, ReadsTheCurveAndTheSizes) {
  const Manifest manifest = read(kEntries +
                                 "[scoring]\ncurve = true\n[report]\n"
                                 "max_parameters = [1_000_000_000, 200_000_000]\n");
  EXPECT_TRUE(manifest.scoring.curve);
  EXPECT_THAT(manifest.report.max_parameters, ElementsAre(200'000'000, 1'000'000'000));
}

TEST_F(VariantsSectionTest, RefusesSeedsThatAreNoneOrTwice) {
  EXPECT_EQ(error(kEntries + "[run]\nseeds = [1, 2, 1]\n"),
            "run.toml:6:9: \"seeds\" in [run] holds 1 more than once");
  EXPECT_EQ(error(kEntries + "[run]\nseeds = []\n"),
            "run.toml:6:9: \"seeds\" in [run] is empty: expected one value at least");
  EXPECT_EQ(error(kEntries + "[run]\nseeds = [1, -2]\n"),
            "run.toml:6:13: \"seeds\" in [run] holds -2: expected integers from 0 on");
  EXPECT_EQ(error(kEntries + "[run]\nseeds = 1\n"),
            "run.toml:6:9: \"seeds\" in [run] is 1: expected an array of integers from 0 on");
}

TEST_F(VariantsSectionTest, RefusesOneSeedBesideSeveral) {
  const std::string both = error(kEntries + "[run]\nseed = 1\nseeds = [1, 2]\n");
  EXPECT_THAT(both, HasSubstr("run.toml:7:9: \"seeds\" in [run] stands beside \"seed\""));
  EXPECT_THAT(error(kEntries + "[run]\nseeds = [1, 2]\n[tuning]\nseed = 3\n"),
              HasSubstr("run.toml:8:8: \"seed\" in [tuning] stands beside \"seeds\" in [run]"));
}

TEST_F(VariantsSectionTest, RefusesABandThatNothingCouldChooseFrom) {
  EXPECT_THAT(error(kEntries + "[tuning]\nvalidation_ratio = 0\nlearning_rates = [1e-4]\n"),
              HasSubstr("\"learning_rates\" in [tuning] has nothing to choose by"));
  EXPECT_THAT(error(kEntries + "[tuning]\nlearning_rates = [5e-5]\n"),
              HasSubstr("holds nothing but \"learning_rate\""));
  EXPECT_THAT(error(kEntries + "[tuning]\nlearning_rates = [1e-4, 0]\n"),
              HasSubstr("holds 0: expected numbers above 0"));
  EXPECT_THAT(error(kEntries + "[tuning]\nlearning_rates = [1e-4, 1e-4]\n"),
              HasSubstr("more than once"));
  EXPECT_THAT(error(kEntries + "[tuning]\nlearning_rates = [\"1e-4\"]\n"),
              HasSubstr("holds \"1e-4\": expected numbers"));
}

TEST_F(VariantsSectionTest, RefusesACurveOfNothing) {
  EXPECT_THAT(error(kEntries + "[tuning]\nvalidation_ratio = 0\n[scoring]\ncurve = true\n"),
              HasSubstr("\"curve\" in [scoring] is true, and [tuning] validation_ratio is 0"));
}

TEST_F(VariantsSectionTest, RefusesSizesBelowOne) {
  EXPECT_THAT(error(kEntries + "[report]\nmax_parameters = [0, 5]\n"),
              HasSubstr("\"max_parameters\" in [report] is 0: expected at least 1"));
  EXPECT_THAT(error(kEntries + "[report]\nmax_parameters = [5, 5]\n"),
              HasSubstr("holds 5 more than once"));
}

TEST_F(VariantsSectionTest, ARecipeByItselfHasNoBand) {
  const std::vector<std::string> settings = {"learning_rates=[1e-4]"};
  EXPECT_THROW(read_recipe(settings), ManifestError);
}

}  // namespace
}  // namespace tuneval
