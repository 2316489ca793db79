#include "framework/manifest/recipe.h"

#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::ThrowsMessage;

TEST(Recipe, DefaultsAreTheBenchmarks) {
  EXPECT_EQ(to_json(Recipe{}).dump(),
            R"({"adapter":"lora","epochs":4,"learning_rate":5e-05,"schedule":"linear",)"
            R"("warmup_ratio":0.05,"rank":64,"alpha":64.0,"dropout":0.0,"targets":["all-linear"],)"
            R"("weight_decay":0.0,"beta1":0.9,"beta2":0.999,"epsilon":1e-08,"max_grad_norm":1.0,)"
            R"("batch_size":1,"accumulation":1,"loss":"completion","validation_ratio":0.2,)"
            R"("validate_every":0,"checkpoint_steps":0,"token_budget":4096,"recompute":"auto",)"
            R"("activation_mib":128,"max_length":0,)"
            R"("seed":123})");
  EXPECT_THAT(check_recipe(Recipe{}), IsEmpty());
}

TEST(Recipe, GoesThroughJsonAndBack) {
  Recipe recipe;
  recipe.adapter = "none";
  recipe.learning_rate = 1.0 / 3.0;
  recipe.targets = {"q_proj", "v_proj"};
  recipe.seed = std::numeric_limits<uint64_t>::max();
  recipe.max_length = 17;
  const Json json = Json::parse(to_json(recipe).dump());
  EXPECT_EQ(recipe_from_json(json, "here"), recipe);
  EXPECT_EQ(json.size(), recipe_keys().size());
}

TEST(Recipe, AbsentKeysKeepTheirDefaults) {
  EXPECT_EQ(recipe_from_json(Json::object(), "here"), Recipe{});
  EXPECT_EQ(recipe_from_json({{"learning_rate", 1}}, "here").learning_rate, 1.0);
}

TEST(Recipe, IdentityLeavesOutWhatDecidesNothing) {
  Recipe recipe, other;
  other.checkpoint_steps = 50;
  EXPECT_EQ(recipe_identity(recipe), recipe_identity(other));
  other.rank = 8;
  EXPECT_NE(recipe_identity(recipe), recipe_identity(other));
  recipe.adapter = other.adapter = "none";
  EXPECT_EQ(recipe_identity(recipe), recipe_identity(other));
  other.seed = 1;
  EXPECT_NE(recipe_identity(recipe), recipe_identity(other));
}

TEST(Recipe, RefusesBadJson) {
  const auto refused = [](const Json& json, const std::string& message) {
    EXPECT_THAT([&] { recipe_from_json(json, "a.json"); }, ThrowsMessage<RecordError>(message));
  };
  refused({{"epoch", 1}}, "a.json: unknown key \"epoch\" in the recipe: did you mean \"epochs\"?");
  refused({{"epochs", "4"}}, "a.json: \"epochs\" is \"4\": expected an integer");
  refused({{"epochs", 4.5}}, "a.json: \"epochs\" is 4.5: expected an integer");
  refused({{"seed", -1}}, "a.json: \"seed\" is -1: expected an integer from 0 on");
  refused({{"loss", 1}}, "a.json: \"loss\" is 1: expected a text");
  refused({{"alpha", true}}, "a.json: \"alpha\" is true: expected a number");
  refused({{"targets", "q"}}, "a.json: \"targets\" is \"q\": expected an array of texts");
  refused({{"epochs", 0}}, "a.json: \"epochs\" is 0: expected at least 1");
  refused(Json::array(), "a.json: the recipe is []: expected an object");
}

TEST(Recipe, NamesEachValueOutOfRange) {
  const auto faulty = [](const std::function<void(Recipe&)>& spoil) {
    Recipe recipe;
    spoil(recipe);
    std::vector<std::string> keys;
    for (const RecipeFault& fault : check_recipe(recipe)) keys.push_back(fault.key);
    return keys;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(faulty([](Recipe& r) { r.adapter = "dora"; }), ElementsAre("adapter"));
  EXPECT_THAT(faulty([&](Recipe& r) { r.learning_rate = infinity; }), ElementsAre("learning_rate"));
  EXPECT_THAT(faulty([&](Recipe& r) { r.dropout = nan; }), ElementsAre("dropout"));
  EXPECT_THAT(faulty([](Recipe& r) { r.validation_ratio = 1.0; }), ElementsAre("validation_ratio"));
  EXPECT_THAT(faulty([](Recipe& r) { r.beta1 = -0.1; }), ElementsAre("beta1"));
  EXPECT_THAT(faulty([](Recipe& r) { r.max_grad_norm = -1; }), ElementsAre("max_grad_norm"));
  EXPECT_THAT(faulty([](Recipe& r) { r.targets = {}; }), ElementsAre("targets"));
  EXPECT_THAT(faulty([](Recipe& r) { r.targets = {"q", "q"}; }), ElementsAre("targets"));
  EXPECT_THAT(faulty([](Recipe& r) { r.targets = {"q", "all-linear"}; }), ElementsAre("targets"));
  EXPECT_THAT(faulty([](Recipe& r) { r.epsilon = r.weight_decay = -1; }),
              ElementsAre("weight_decay", "epsilon"));
  EXPECT_THAT(faulty([](Recipe& r) { r.batch_size = r.accumulation = r.token_budget = 0; }),
              ElementsAre("batch_size", "accumulation", "token_budget"));
}

TEST(Nearest, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("epohcs", "epochs"), 1);
  EXPECT_EQ(edit_distance("ca", "abc"), 3) << "no edit inside a swapped pair";
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> known = {"rank", "alpha"};
  EXPECT_EQ(suggestion("rnak", known), "did you mean \"rank\"?");
  EXPECT_EQ(suggestion("beta", known), "known are \"rank\", \"alpha\"");
  EXPECT_EQ(suggestion("x", {}), "");
}

}  // namespace
}  // namespace tuneval
