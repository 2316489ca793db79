#include "framework/engine/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <limits>

namespace tuneval {
namespace {

using Kind = Event::Kind;

Event progress(const std::string& id) {
  Event event;
  event.kind = Kind::progress;
  event.id = id;
  event.at = {"tune", 3, 12, 450, 0.25};
  return event;
}

TEST(Events, AreReadAsTheyWereWritten) {
  const auto found = parse_event(to_line(progress("m.t.1")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, Kind::progress);
  EXPECT_EQ(found->id, "m.t.1");
  EXPECT_EQ(found->at.stage, "tune");
  EXPECT_EQ(found->at.done, 3);
  EXPECT_EQ(found->at.total, 12);
  EXPECT_EQ(found->at.tokens, 450);
  EXPECT_EQ(found->at.loss, 0.25);
}

TEST(Events, ALossThatIsNoNumberComesThrough) {
  Event event = progress("a");
  event.at.loss = std::numeric_limits<double>::quiet_NaN();
  const auto found = parse_event(to_line(event));
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->at.loss));
}

TEST(Events, WhatServersWereAskedComesThrough) {
  Event event;
  event.kind = Kind::servers;
  event.servers.push_back({"judge", {}});
  event.servers[0].usage.asked = 5;
  event.servers[0].usage.cost = 0.125;
  const auto found = parse_event(to_line(event));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->servers.size(), 1U);
  EXPECT_EQ(found->servers[0].who, "judge");
  EXPECT_EQ(found->servers[0].usage.asked, 5);
  EXPECT_EQ(found->servers[0].usage.cost, 0.125);
}

TEST(Events, WhatIsNoneIsNone) {
  for (const char* line :
       {"", "hello", "{}", "[1]", "{\"event\": 3}", "{\"event\": \"party\"}",
        "{\"event\": \"progress\", \"id\": \"a\"}", "{\"event\": \"ended\", \"id\": 7}"}) {
    EXPECT_FALSE(parse_event(line)) << line;
  }
}

TEST(EventReader, TakesLinesAsTheyCome) {
  EventReader reader;
  const std::string line = to_line(progress("a"));
  EXPECT_TRUE(reader.take(line.substr(0, 10)).empty());
  const auto first = reader.take(line.substr(10) + "what a plugin writes\n" + line.substr(0, 4));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].id, "a");
  EXPECT_EQ(reader.take(line.substr(4)).size(), 1U);
}

TEST(EventReader, ALineWithoutAnEndIsNotKeptForEver) {
  EventReader reader;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(reader.take(std::string(10000, 'x')).empty());
  EXPECT_TRUE(reader.take("\n").empty());
  EXPECT_EQ(reader.take(to_line(progress("a"))).size(), 1U);
}

TEST(EventWriter, WritesLinesOrNothing) {
  EventWriter(-1).write(progress("a"));
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  {
    const EventWriter writer(pipe[1]);
    writer.write(progress("a"));
    writer.write(progress("b"));
  }
  std::array<char, 4096> bytes{};
  const ssize_t count = ::read(pipe[0], bytes.data(), bytes.size());
  ASSERT_GT(count, 0);
  const auto events = EventReader().take({bytes.data(), size_t(count)});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].id, "b");
  EXPECT_EQ(::read(pipe[0], bytes.data(), bytes.size()), 0) << "it is closed";
  ::close(pipe[0]);
}

}  // namespace
}  // namespace tuneval
