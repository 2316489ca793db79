#include "framework/model/memory.h"

#include <c10/core/CPUAllocator.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

namespace tuneval {

namespace {

constexpr size_t kLarge = size_t{1} << 20;  // smaller blocks are the C library's
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kGranule = size_t{64} << 10;  // sizes are rounded up to it
constexpr int64_t kMostKept = int64_t{1} << 30;

size_t round_up(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

/// Fresh pages from the system; null when it has none.
void* map_block(size_t bytes) {
  const int protection = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
  const size_t slack = bytes >= kHugePage ? kHugePage : 0;  // to begin at a huge page
  void* mapped = mmap(nullptr, bytes + slack, protection, flags, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  if (!slack) return mapped;
  auto* begin = static_cast<char*>(mapped);
  const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (before) munmap(begin, before);
  if (slack > before) munmap(begin + before + bytes, slack - before);
  madvise(begin + before, bytes, MADV_HUGEPAGE);
  return begin + before;
}

class LargeBlocks {
 public:
  void* take(size_t bytes) {
    const size_t size = round_up(bytes, kGranule);
    const std::lock_guard lock(mutex_);
    void* block = take_kept(size);
    if (!block) {
      // What fits nobody grows old. Giving back just as much would keep it at the peak for ever;
      // giving back all, a step of another size would ask the system for most of its pages anew.
      give_back(2 * int64_t(size));
      block = map_block(size);
      if (!block) {  // all that is kept may make room
        give_back(kept_bytes_);
        block = map_block(size);
      }
      if (!block) return nullptr;
      sizes_[block] = size;
    }
    return block;
  }

  /// False for a block that is not from here.
  bool put_back(void* block) {
    const std::lock_guard lock(mutex_);
    const auto found = sizes_.find(block);
    if (found == sizes_.end()) return false;
    kept_bytes_ += int64_t(found->second);
    kept_.push_back({block, found->second});
    by_size_.emplace(found->second, std::prev(kept_.end()));
    if (kept_bytes_ > kMostKept) give_back(kept_bytes_ - kMostKept);
    return true;
  }

 private:
  struct Kept {
    void* block;
    size_t size;
  };
  using Order = std::list<Kept>;  // the longest kept first

  /// The smallest that fits without wasting more than an eighth.
  void* take_kept(size_t size) {
    const auto found = by_size_.lower_bound(size);
    if (found == by_size_.end() || found->first > size + size / 8) return nullptr;
    void* block = found->second->block;
    kept_bytes_ -= int64_t(found->first);
    kept_.erase(found->second);
    by_size_.erase(found);
    return block;
  }

  /// Gives `bytes` or more back to the system, if so much is kept: the longest kept first.
  void give_back(int64_t bytes) {
    int64_t given = 0;
    while (given < bytes && !kept_.empty()) {
      const Kept oldest = kept_.front();
      auto [at, end] = by_size_.equal_range(oldest.size);
      while (at != end && at->second != kept_.begin()) ++at;
      by_size_.erase(at);
      kept_.pop_front();
      sizes_.erase(oldest.block);
      munmap(oldest.block, oldest.size);
      given += int64_t(oldest.size);
    }
    kept_bytes_ -= given;
  }

  std::mutex mutex_;
  std::unordered_map<void*, size_t> sizes_;  // of all blocks, used or kept
  Order kept_;
  std::multimap<size_t, Order::iterator> by_size_;
  int64_t kept_bytes_ = 0;
};

LargeBlocks& blocks() {
  static auto* all = new LargeBlocks;  // outlives every tensor
  return *all;
}

c10::Allocator& default_allocator() {
  static c10::Allocator* const allocator = c10::GetDefaultCPUAllocator();
  return *allocator;
}

void free_block(void* block) {
  if (block && !blocks().put_back(block)) default_allocator().raw_deallocate(block);
}

class KeepingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes < kLarge) return default_allocator().allocate(bytes);
    void* block = blocks().take(bytes);
    if (!block) C10_THROW_ERROR(Error, fmt::format("out of memory: {} bytes asked for", bytes));
    return {block, block, &free_block, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
};

}  // namespace

void keep_large_blocks() {
  static KeepingAllocator* allocator = nullptr;
  if (allocator) return;
  allocator = new KeepingAllocator;
  c10::SetCPUAllocator(allocator, /*priority=*/1);
}

}  // namespace tuneval
