#include "framework/serve/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>

namespace tuneval::serve {
namespace {

TEST(WorkersTest, JobsRunBesideEachOther) {
  constexpr int kJobs = 8;
  std::latch all(kJobs);
  Workers workers(kJobs);
  // Each ends only when all have begun.
  for (int i = 0; i < kJobs; ++i) workers.add([&all] { all.arrive_and_wait(); });
  workers.finish();
  EXPECT_TRUE(all.try_wait());
}

TEST(WorkersTest, MoreJobsThanThreadsWaitTheirTurn) {
  std::atomic<int> done = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  {
    Workers workers(3);
    for (int i = 0; i < 500; ++i) {
      workers.add([&] {
        ++done;
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
    }
  }
  EXPECT_EQ(done, 500);
  EXPECT_LE(threads.size(), 3u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

}  // namespace
}  // namespace tuneval::serve
