// The corpora, and inputs that once broke something, without libFuzzer: with every build.
#include "framework/loader/loader.h"
#include "tests/fuzz/targets.h"
#include "tests/support/folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace tuneval::fuzz {

namespace fs = std::filesystem;

const Registry& metrics() {
  static const Registry registry = load_plugins(std::vector<fs::path>{TUNEVAL_PLUGIN_DIR});
  return registry;
}

namespace {

const fs::path kCorpus = fs::path(TUNEVAL_SOURCE_DIR) / "tests/fuzz/corpus";

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, IsSurvivedWholeCutOffAndSpoilt) {
  const fs::path folder = kCorpus / GetParam().name;
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    const std::string input = test::read_text(entry.path());
    EXPECT_LE(input.size(), 2048U) << "corpora are committed small";
    GetParam().run(input);
    GetParam().run(std::string_view(input).substr(0, input.size() / 2));
    std::string spoilt = input;
    for (size_t at = 3; at < spoilt.size(); at += 11) spoilt[at] = char(spoilt[at] ^ 0x15);
    GetParam().run(spoilt);
    ++files;
  }
  EXPECT_GE(files, 2U);
  GetParam().run("");
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, testing::ValuesIn(targets()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(FuzzCorpus, EveryFolderHasATarget) {
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus)) {
    const auto is_it = [&](const Target& one) { return one.name == entry.path().filename(); };
    EXPECT_TRUE(std::ranges::any_of(targets(), is_it)) << entry.path();
  }
}

}  // namespace
}  // namespace tuneval::fuzz
