#include "tests/support/folder.h"
#include "tuneval/error.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using test::message_of;

struct NoMetric : Metric {
  SampleScore score(const Example&, const Prediction&) const override {
    return SampleScore::of(1.0);
  }
};

struct NoFamily : ModelFamily {
  explicit NoFamily(std::vector<std::string> claimed) : types(std::move(claimed)) {}
  std::vector<std::string> model_types() const override { return types; }
  std::shared_ptr<CausalLm> build(const Config&) const override { return nullptr; }
  std::vector<std::string> lora_targets() const override { return {}; }
  std::string tiny_config() const override { return "{}"; }
  std::vector<std::string> types;
};

MetricFactory metric() {
  return [](const Config&) { return std::make_shared<NoMetric>(); };
}

std::shared_ptr<const ModelFamily> family(std::vector<std::string> types) {
  return std::make_shared<NoFamily>(std::move(types));
}

TEST(RegistryTest, AMetricRegisteredTwiceNamesBothPlugins) {
  Registry registry;
  registry.begin_plugin("first", "1.0", "/p/first.so");
  registry.add_metric("accuracy", metric());
  registry.begin_plugin("second", "2.0", "/p/second.so");
  EXPECT_EQ(message_of<PluginError>([&] { registry.add_metric("accuracy", metric()); }),
            "plugin \"second\" registers metric \"accuracy\" a second time: plugin \"first\" "
            "(/p/first.so) did before");
  // The same name of another kind is another thing.
  registry.add_model_family("accuracy", family({"a"}));
  ASSERT_EQ(registry.entries().size(), 2u);
  EXPECT_EQ(registry.entries()[1].kind, "model family");
  EXPECT_EQ(registry.entries()[1].version, "2.0");
}

TEST(RegistryTest, AModelTypeHasOneFamily) {
  Registry registry;
  const auto first = family({"a", "b"});
  registry.add_model_family("first", first);
  registry.begin_plugin("other", "1.0", "/p/other.so");
  EXPECT_EQ(message_of<PluginError>([&] {
              registry.add_model_family("second", family({"c", "b"}));
            }),
            "plugin \"other\" claims model_type \"b\", which model family \"first\" has already");
  EXPECT_EQ(registry.family_of("b"), first);
  EXPECT_EQ(registry.family_of("c"), nullptr);  // nothing of the refused one is left
  EXPECT_THROW(registry.add_model_family("first", family({"d"})), PluginError);
  EXPECT_EQ(registry.model_types(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(registry.family_of("none"), nullptr);
}

TEST(RegistryTest, NothingCannotBeRegistered) {
  Registry registry;
  registry.begin_plugin("empty", "1.0", "/p/empty.so");
  EXPECT_EQ(message_of<PluginError>([&] { registry.add_metric("m", nullptr); }),
            "empty: metric \"m\" is registered with nothing");
  EXPECT_THROW(registry.add_model_family("f", nullptr), PluginError);
  EXPECT_THROW(registry.add_task_type("t", nullptr), PluginError);
  EXPECT_TRUE(registry.entries().empty());
}

TEST(RegistryTest, AnUnknownNameListsThoseThereAre) {
  Registry registry;
  EXPECT_EQ(message_of<PluginError>([&] { registry.make_metric("f1"); }),
            "no metric \"f1\" among the loaded plugins: there is none");
  registry.add_metric("macro_f1", metric());
  registry.add_metric("accuracy", metric());
  EXPECT_EQ(message_of<PluginError>([&] { registry.make_metric("f1"); }),
            "no metric \"f1\" among the loaded plugins: there is accuracy, macro_f1");
  EXPECT_TRUE(registry.has_metric("accuracy"));
  EXPECT_THROW(registry.make_task_type("none", {}), PluginError);
  EXPECT_THROW(registry.model_family("none"), PluginError);
  EXPECT_THROW(registry.task_sample("none"), PluginError);
}

TEST(RegistryTest, MergeTakesAllOrNothing) {
  Registry all;
  all.begin_plugin("first", "1.0", "/p/first.so");
  all.add_metric("accuracy", metric());
  all.add_model_family("llama", family({"llama"}));

  Registry twice;
  twice.begin_plugin("second", "1.0", "/p/second.so");
  twice.add_metric("fresh", metric());
  twice.add_metric("accuracy", metric());
  EXPECT_EQ(message_of<PluginError>([&] { all.merge(std::move(twice)); }),
            "plugin \"second\" registers metric \"accuracy\" a second time: plugin \"first\" "
            "(/p/first.so) did before");
  EXPECT_FALSE(all.has_metric("fresh"));
  EXPECT_EQ(all.entries().size(), 2u);

  Registry claims;
  claims.begin_plugin("third", "1.0", "/p/third.so");
  claims.add_model_family("other", family({"llama"}));
  EXPECT_EQ(message_of<PluginError>([&] { all.merge(std::move(claims)); }),
            "plugin \"third\" claims model_type \"llama\", which model family \"llama\" has "
            "already");

  Registry good;
  good.begin_plugin("fourth", "1.0", "/p/fourth.so");
  good.add_metric("fresh", metric());
  good.add_model_family("qwen", family({"qwen2", "qwen3"}));
  all.merge(std::move(good));
  EXPECT_TRUE(all.has_metric("fresh"));
  EXPECT_EQ(all.model_types(), (std::vector<std::string>{"llama", "qwen2", "qwen3"}));
  EXPECT_EQ(all.entries().back().plugin, "fourth");
}

}  // namespace
}  // namespace tuneval
