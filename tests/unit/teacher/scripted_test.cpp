#include "tests/support/scripted_rows.h"

#include "asked.h"

#include <set>
#include <stdexcept>

namespace tuneval::test {
namespace {

using Json = nlohmann::ordered_json;
using Scripted = TeacherTest;

const std::string kAsked =
    "A guide with {\"an\": \"object\"}.\n<examples>\n{\"input\": \"where is my red parcel {now}\", "
    "\"label\": \"parcel\"}\n{\"input\": \"my card does not work at all\", \"label\": "
    "\"card\"}\n</examples>\nWrite 3 new rows.";

TEST_F(Scripted, NewRowsAreLikeThoseShown) {
  ScriptedTeacher server(script_from({{"mode", "echo_rows"}}));
  const TeacherReply reply = teacher(options_for(server))->ask(request(kAsked));
  const Json rows = Json::parse(reply.text);
  ASSERT_EQ(rows.size(), 3u);
  for (const Json& row : rows) {
    ASSERT_EQ(row.size(), 2u);
    EXPECT_THAT(row["label"].get<std::string>(), testing::AnyOf("parcel", "card"));
    EXPECT_THAT(row["input"].get<std::string>(),
                testing::Not(testing::AnyOf("where is my red parcel {now}",
                                            "my card does not work at all")));
  }
  EXPECT_NE(rows[0], rows[2]);
  EXPECT_EQ(teacher(options_for(server))->ask(request(kAsked)).text, reply.text);
}

TEST(VaryRow, KeepsNumbersAndTheWordsOfOtherValues) {
  const Json row = {{"context", "The mill of Harrowby is built of steel since 1712."},
                    {"answer", "steel"}};
  const Json varied = vary_row(row, 5);
  EXPECT_NE(varied["context"], row["context"]);
  EXPECT_THAT(varied["context"].get<std::string>(), testing::HasSubstr(" steel "));
  EXPECT_THAT(varied["context"].get<std::string>(), testing::EndsWith(" 1712."));
  EXPECT_EQ(varied["answer"], "steel");
  EXPECT_EQ(vary_row(row, 5), varied);
}

TEST_F(Scripted, PassingFaultsPassAndNothingIsPaidTwice) {
  ScriptedTeacher server(
      script_from({{"faults", {{"429", 0.3}, {"500", 0.2}, {"breaks_off", 0.2}}}}));
  const auto asked = teacher(options_for(server), true);
  for (const auto& [index, reply] : ask_all(*asked, requests(40))) {
    EXPECT_EQ(reply.text, "echo: question " + std::to_string(index)) << reply.message;
  }
  EXPECT_GT(asked->usage().retried, 10);
  EXPECT_EQ(server.paid(), 40);
  ask_all(*asked, requests(40));
  EXPECT_EQ(server.most_paid_for_one(), 1);
}

TEST_F(Scripted, LastingFaultsAreTheSameEachTime) {
  const nlohmann::json script = {{"seed", 3},
                                 {"faults", {{"filtered", 0.3}, {"cut_off", 0.3}, {"400", 0.2}}}};
  std::map<size_t, TeacherOutcome> first;
  for (int time = 0; time < 2; ++time) {
    ScriptedTeacher server(script_from(script));
    for (const auto& [index, reply] : ask_all(*teacher(options_for(server)), requests(30))) {
      const auto [other, is_new] = first.emplace(index, reply.outcome);
      EXPECT_EQ(other->second, reply.outcome);
    }
  }
  std::set<TeacherOutcome> met;
  for (const auto& [index, outcome] : first) met.insert(outcome);
  EXPECT_THAT(met, testing::UnorderedElementsAre(TeacherOutcome::answered, TeacherOutcome::filtered,
                                                 TeacherOutcome::cut_off, TeacherOutcome::refused));
}

TEST(ScriptFrom, WhatIsNoScriptIsRefused) {
  EXPECT_THROW(script_from({{"mode", "sing"}}), std::runtime_error);
  EXPECT_THROW(script_from({{"faults", {{"418", 1.0}}}}), std::runtime_error);
}

}  // namespace
}  // namespace tuneval::test
