#pragma once

#include <cstdint>
#include <map>

namespace tuneval {

/// Which slots of a cache are free.
class SlotPool {
 public:
  /// Takes `length` slots that lie beside each other; returns the first.
  int64_t take(int64_t length);
  /// Takes the slots [begin, begin + length) if all of them are free.
  bool take_at(int64_t begin, int64_t length);
  void give_back(int64_t begin, int64_t length);

  int64_t used() const { return used_; }
  /// Behind the last slot that is taken: what the cache needs room for.
  int64_t end() const { return end_; }

 private:
  std::map<int64_t, int64_t> free_;  // first slot → length; below end_, none beside another
  int64_t end_ = 0, used_ = 0;
};

/// Slots that lie beside each other, given back when this goes.
class SlotRange {
 public:
  SlotRange(SlotPool& pool, int64_t length)
      : pool_(&pool), begin_(pool.take(length)), length_(length) {}
  SlotRange(SlotRange&& other) noexcept
      : pool_(other.pool_), begin_(other.begin_), length_(other.length_) {
    other.length_ = 0;
  }
  SlotRange& operator=(SlotRange&&) = delete;
  ~SlotRange() {
    if (length_ > 0) pool_->give_back(begin_, length_);
  }

  int64_t begin() const { return begin_; }
  int64_t length() const { return length_; }
  /// Takes the next slots too, if they are free.
  bool extend(int64_t length);
  /// Splits off the first `length` slots.
  SlotRange split(int64_t length);
  /// Gives back all but the first `length` slots.
  void trim(int64_t length);

 private:
  SlotRange(SlotPool* pool, int64_t begin, int64_t length)
      : pool_(pool), begin_(begin), length_(length) {}

  SlotPool* pool_;
  int64_t begin_, length_;
};

}  // namespace tuneval
