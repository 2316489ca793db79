#include "framework/generate/slots.h"

#include <iterator>

namespace tuneval {

int64_t SlotPool::take(int64_t length) {
  used_ += length;
  for (auto range = free_.begin(); range != free_.end(); ++range) {
    const auto [begin, room] = *range;
    if (room < length) continue;
    free_.erase(range);
    if (room > length) free_[begin + length] = room - length;
    return begin;
  }
  const int64_t begin = end_;
  end_ += length;
  return begin;
}

bool SlotPool::take_at(int64_t begin, int64_t length) {
  if (begin == end_) {
    end_ += length;
  } else {
    const auto range = free_.find(begin);
    if (range == free_.end() || range->second < length) return false;
    const int64_t left = range->second - length;
    free_.erase(range);
    if (left > 0) free_[begin + length] = left;
  }
  used_ += length;
  return true;
}

void SlotPool::give_back(int64_t begin, int64_t length) {
  used_ -= length;
  auto next = free_.lower_bound(begin);
  if (next != free_.end() && next->first == begin + length) {
    length += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == begin) {
      begin = before->first;
      length += before->second;
      free_.erase(before);
    }
  }
  if (begin + length == end_) {
    end_ = begin;
  } else {
    free_[begin] = length;
  }
}

bool SlotRange::extend(int64_t length) {
  if (!pool_->take_at(begin_ + length_, length)) return false;
  length_ += length;
  return true;
}

SlotRange SlotRange::split(int64_t length) {
  SlotRange front(pool_, begin_, length);
  begin_ += length;
  length_ -= length;
  return front;
}

void SlotRange::trim(int64_t length) {
  if (length >= length_) return;
  pool_->give_back(begin_ + length, length_ - length);
  length_ = length;
}

}  // namespace tuneval
