#include "all_plugins.h"
#include "plugin_test.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

/// A misspelt option that is passed over would give another value than the pack asks for.
TEST(MetricOptionsTest, EveryMetricRefusesAnOptionThatItDoesNotHave) {
  const Config options =
      Config::parse(R"({"no_such_option": 1})", "pack.toml: [metric_options.x]", ConfigKind::data);
  int metrics = 0;
  for (const Registry::Entry& entry : all_plugins().entries()) {
    if (entry.kind != "metric") continue;
    ++metrics;
    SCOPED_TRACE(entry.name);
    EXPECT_THAT(data_error([&] { all_plugins().make_metric(entry.name, options); }),
                testing::StartsWith("pack.toml: [metric_options.x]: \"no_such_option\" is not an "
                                    "option of " +
                                    entry.name));
  }
  EXPECT_GE(metrics, 14);
}

}  // namespace
}  // namespace tuneval
