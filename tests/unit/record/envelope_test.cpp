#include "framework/record/envelope.h"

#include "framework/data/hash.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

CellRecord record() {
  CellRecord record;
  record.id = "a";
  record.model.name = "größer \"x\"";
  record.seed = std::numeric_limits<uint64_t>::max();
  record.seconds = 0.1 + 0.2;
  record.recipe = {{"learning_rate", 5e-5}, {"alpha", 64.0}, {"rank", 64}, {"zero", -0.0}};
  MetricValue accuracy{"accuracy", 1.0 / 3.0, 3};
  accuracy.details = {{"nothing", std::numeric_limits<double>::quiet_NaN()}};
  record.base.emplace();
  record.base->metrics = {accuracy};
  record.base->examples = 3;
  return record;
}

std::vector<StoredFile> files() { return {{"predictions/a.base.jsonl", 12, std::string(64, 'b')}}; }

/// The text with the first `from` replaced.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return text.replace(at, from.size(), to);
}

TEST(EnvelopeTest, OpensWhatItSealed) {
  const OpenedRecord opened = open_record(sealed_text(record(), files()), "here");
  EXPECT_TRUE(opened.sealed);
  EXPECT_EQ(opened.files, files());
  EXPECT_EQ(json_text(to_json(opened.record), 2), json_text(to_json(record()), 2));
}

TEST(EnvelopeTest, TheChecksumIsThatOfWhatStandsBeforeIt) {
  const std::string text = sealed_text(record(), {});
  Sha256 hash;
  hash.add(json_text(to_json(record()), 2));
  EXPECT_THAT(text, EndsWith("  \"checksum\": \"sha256:" + hash.hex() + "\"\n}\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"files\"")));
}

TEST(EnvelopeTest, EveryByteThatSaysSomethingCounts) {
  const std::string text = sealed_text(record(), files());
  const auto refused = testing::Matcher<const std::string&>(
      AllOf(StartsWith("here: \"checksum\" is sha256:"), HasSubstr("it was changed")));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"0.3333333333333333", "0.9333333333333333"},
           {"\"examples\": 3", "\"examples\": 4"},
           {"18446744073709551615", "18446744073709551614"},
           {"-0.0", "0.0"},
           {"\"bytes\": 12", "\"bytes\": 13"},
           {"\"sha256\": \"bb", "\"sha256\": \"cb"},
           {"\"status\": \"done\",", "\"status\": \"done\", \"extra\": 1,"}}) {
    EXPECT_THAT([&] { open_record(changed(text, from, to), "here"); },
                ThrowsMessage<RecordError>(refused))
        << from;
  }
}

TEST(EnvelopeTest, LinesAndIndentsDoNotCount) {
  const auto json = nlohmann::ordered_json::parse(sealed_text(record(), files()));
  EXPECT_TRUE(open_record(json.dump(), "here").sealed);
}

TEST(EnvelopeTest, CutOffAnywhereItIsRefused) {
  const std::string text = sealed_text(record(), files());
  for (size_t length = 0; length + 2 < text.size(); length += 7) {
    EXPECT_THROW(open_record(text.substr(0, length), "here"), RecordError) << length;
  }
}

TEST(EnvelopeTest, OlderFilesHaveNone) {
  const OpenedRecord opened = open_record(json_text(to_json(record()), 2), "here");
  EXPECT_FALSE(opened.sealed);
  EXPECT_TRUE(opened.files.empty());
  EXPECT_EQ(opened.record.id, "a");
}

TEST(EnvelopeTest, BytesThatAreNotUtf8AreSealedAsTheyAreWritten) {
  CellRecord bad = record();
  bad.model.path = "models/\xff";
  EXPECT_EQ(open_record(sealed_text(bad, {}), "here").record.model.path, "models/\uFFFD");
}

TEST(EnvelopeTest, FilesCannotLeadOutOfTheFolder) {
  for (const char* path : {"../a", "/etc/passwd", "predictions/../../a", "", "./a"}) {
    const std::string text = sealed_text(record(), {{path, 1, ""}});
    EXPECT_THAT([&] { open_record(text, "here"); },
                ThrowsMessage<RecordError>(HasSubstr("leads out of the run folder")))
        << path;
  }
}

TEST(EnvelopeTest, AFilesEntryIsReadStrictly) {
  auto json = to_json(record());
  json["files"]["predictions/a.base.jsonl"] = {{"bytes", "many"}, {"sha256", ""}};
  EXPECT_THAT(
      [&] { open_record(json.dump(), "here"); },
      ThrowsMessage<RecordError>(
          "here: \"files.predictions/a.base.jsonl.bytes\" is \"many\": expected an integer"));
}

}  // namespace
}  // namespace tuneval
