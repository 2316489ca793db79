#include "framework/manifest/toml_bounds.h"

#include "manifest_folder.h"

namespace tuneval {
namespace {

std::string dotted(int parts, const std::string& part = "a", const std::string& dot = ".") {
  std::string key = part;
  for (int i = 1; i < parts; ++i) key += dot + part;
  return key;
}

constexpr std::string_view kTooDeep = "has a dotted key of more than 256 parts";

TEST(TomlBounds, WhatPeopleWriteIsTaken) {
  EXPECT_EQ(toml_fault(""), "");
  EXPECT_EQ(toml_fault("[a.b.\"c.d\"]\nx = [1.5, 2.5]\nt = \"\"\"a.b\nc\"\"\"\n"), "");
  EXPECT_EQ(toml_fault(dotted(256) + " = 1"), "");
  EXPECT_EQ(toml_fault("x = \"" + dotted(5000) + "\"\n# " + dotted(5000) + "\n"), "");
  EXPECT_EQ(toml_fault("x = '''\n" + dotted(5000) + "'''\ny = \"\\\"" + dotted(5000) + "\"\n"), "");
  std::string numbers = "x = [";
  for (int i = 0; i < 5000; ++i) numbers += "0.5, ";
  EXPECT_EQ(toml_fault(numbers + "]"), "");
}

TEST(TomlBounds, DeepKeysAreFoundHoweverTheyAreWritten) {
  EXPECT_EQ(toml_fault(dotted(257) + " = 1"), kTooDeep);
  EXPECT_EQ(toml_fault("[" + dotted(300) + "]"), kTooDeep);
  EXPECT_EQ(toml_fault("x = {" + dotted(300) + " = 1}"), kTooDeep);
  EXPECT_EQ(toml_fault(dotted(300, "\"!\"", " . ") + " = 1"), kTooDeep);
  EXPECT_EQ(toml_fault(dotted(300, "'#'") + " = 1"), kTooDeep);
  EXPECT_EQ(toml_fault("x = \"open\n" + dotted(300) + " = 1"), kTooDeep);
}

TEST(TomlBounds, SizeIsBounded) {
  EXPECT_EQ(toml_fault(std::string((size_t{4} << 20) + 1, '#')), "is larger than 4 MiB");
}

TEST_F(ManifestTest, ADeepKeyIsRefusedWithTheFile) {
  EXPECT_EQ(error(dotted(100'000) + " = 1\n"), "run.toml: it " + std::string(kTooDeep));
}

}  // namespace
}  // namespace tuneval
