#include "framework/record/lease.h"

#include "tests/support/folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

/// As the real ones, in a fraction of the time.
constexpr LeaseTiming kQuick{milliseconds(20), milliseconds(300), milliseconds(5), milliseconds(0)};

class LeaseTest : public testing::Test {
 protected:
  /// A lease file that nobody keeps, of a process of this or another machine.
  void leave(const LeaseHolder& holder, int64_t counter = 7) const {
    test::write_text(file, fmt::format("{{\"host\": \"{}\", \"pid\": {}, \"since\": \"{}\", "
                                       "\"nonce\": \"{}\", \"space\": \"{}\", "
                                       "\"process_start\": \"{}\", \"counter\": {:>20}}}\n",
                                       holder.host, holder.pid, holder.since, holder.nonce,
                                       holder.space, holder.process_start, counter));
  }
  static LeaseHolder stranger() {
    LeaseHolder holder;
    holder.host = "node7";
    holder.pid = 1;
    holder.since = "2026-01-02T03:04:05Z";
    holder.nonce = "00ff";
    holder.space = "another machine";
    holder.process_start = "1";
    return holder;
  }

  test::TempFolder folder;
  const fs::path file = folder.path() / "run/lease.json";
};

TEST_F(LeaseTest, IsMadeBeatsAndIsGivenBack) {
  {
    const Lease lease(file, kQuick);
    const auto first = read_lease(file);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->pid, ::getpid());
    EXPECT_FALSE(is_dead(*first));
    for (int i = 0; i < 500 && read_lease(file)->counter == first->counter; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_GT(read_lease(file)->counter, first->counter);
    EXPECT_EQ(read_lease(file)->nonce, first->nonce);
    EXPECT_FALSE(lease.lost());
  }
  EXPECT_TRUE(fs::is_empty(file.parent_path())) << "nothing is left behind";
}

TEST_F(LeaseTest, ASecondOneIsToldWhoHoldsIt) {
  const Lease lease(file, kQuick);
  const auto holder = read_lease(file);
  try {
    const Lease second(file, kQuick);
    FAIL() << "both have it";
  } catch (const LeaseHeld& held) {
    EXPECT_THAT(held.what(), AllOf(HasSubstr(file.string()), HasSubstr(std::to_string(::getpid())),
                                   HasSubstr(holder->host), HasSubstr(holder->since)));
  }
  EXPECT_FALSE(lease.lost());
}

TEST_F(LeaseTest, OfADeadProcessItIsTakenOverAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) {
    new Lease(file, kQuick);
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  const auto dead = read_lease(file);
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->pid, child);
  EXPECT_TRUE(is_dead(*dead));
  LeaseTiming patient = kQuick;
  patient.stale = std::chrono::hours(1);  // it is not that which it waits for
  const Lease lease(file, patient);
  EXPECT_EQ(read_lease(file)->pid, ::getpid());
}

TEST_F(LeaseTest, APidThatIsUsedAgainIsAnotherProcess) {
  LeaseHolder holder;
  {
    const Lease lease(file, kQuick);
    holder = *read_lease(file);
  }
  holder.process_start = "1";
  EXPECT_TRUE(is_dead(holder));
  leave(holder);
  const Lease lease(file, kQuick);
  EXPECT_NE(read_lease(file)->nonce, holder.nonce);
}

TEST_F(LeaseTest, OfAnotherMachineItIsTakenOverWhenItStandsStill) {
  leave(stranger());
  EXPECT_FALSE(is_dead(stranger())) << "nobody here can know";
  const auto begin = std::chrono::steady_clock::now();
  const Lease lease(file, kQuick);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kQuick.stale);
  EXPECT_EQ(read_lease(file)->pid, ::getpid());
}

TEST_F(LeaseTest, OfAnotherMachineThatCountsOnItIsNot) {
  std::atomic<bool> ends = false;
  leave(stranger(), 0);
  std::thread holder([&] {
    for (int64_t counter = 1; !ends; ++counter) {
      leave(stranger(), counter);  // as a reader over a network may see it, torn at times
      std::this_thread::sleep_for(milliseconds(10));
    }
  });
  LeaseTiming patient = kQuick;
  patient.stale = std::chrono::hours(1);  // the thread above may be kept waiting
  EXPECT_THROW(Lease(file, patient), LeaseHeld);
  ends = true;
  holder.join();
}

TEST_F(LeaseTest, WhatIsNoLeaseIsTakenOverLikeOneThatStandsStill) {
  test::write_text(file, "half a li");
  const Lease lease(file, kQuick);
  EXPECT_EQ(read_lease(file)->pid, ::getpid());
}

TEST_F(LeaseTest, OneTakerAloneWins) {
  for (int round = 0; round < 20; ++round) {
    LeaseHolder holder = stranger();
    {
      const Lease lease(file, kQuick);
      holder = *read_lease(file);
    }
    holder.process_start = "1";  // dead
    holder.nonce = fmt::format("{:04x}", round);
    leave(holder);
    std::atomic<int> won = 0, refused = 0;
    std::vector<std::thread> takers;
    for (int i = 0; i < 8; ++i) {
      takers.emplace_back([&] {
        try {
          const Lease lease(file, kQuick);
          ++won;
          while (won + refused < 8) std::this_thread::yield();
          EXPECT_FALSE(lease.lost());
        } catch (const LeaseHeld&) {
          ++refused;
        }
      });
    }
    for (std::thread& taker : takers) taker.join();
    EXPECT_EQ(won, 1) << "round " << round;
    EXPECT_EQ(refused, 7);
  }
}

TEST_F(LeaseTest, WhoWasTakenForDeadFindsOut) {
  const Lease lease(file, kQuick);
  fs::remove(file);
  leave(stranger());
  EXPECT_TRUE(lease.lost());
  std::this_thread::sleep_for(3 * kQuick.heartbeat);
  EXPECT_EQ(read_lease(file)->nonce, stranger().nonce) << "the new one is not written over";
}

TEST_F(LeaseTest, OneThatWasLostIsNotGivenBack) {
  {
    const Lease lease(file, kQuick);
    fs::remove(file);
    leave(stranger());
  }
  EXPECT_EQ(read_lease(file)->nonce, stranger().nonce);
}

TEST_F(LeaseTest, OneThatMayNotBeReadIsNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  leave(stranger());
  fs::permissions(file, fs::perms(0));
  EXPECT_THAT(test::message_of<RecordError>([&] { const Lease lease(file, kQuick); }),
              AllOf(HasSubstr(file.string()), HasSubstr("cannot be read")));
}

TEST_F(LeaseTest, AFolderThatCannotBeWrittenIsNamed) {
  test::write_text(folder.path() / "run", "a file");
  EXPECT_THAT(test::message_of<RecordError>([&] { const Lease lease(file, kQuick); }),
              HasSubstr(file.string()));
}

}  // namespace
}  // namespace tuneval
