#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace tuneval {

/// Paid answers on the disk, each in a file of its own under the hash of what was asked:
/// <folder>/ab/cdef….json. An entry is whole or not there; one that was damaged since counts as not
/// there and is warned of. For many threads.
class ReplyCache {
 public:
  using Warn = std::function<void(const std::string&)>;

  /// An empty folder keeps nothing.
  ReplyCache(std::filesystem::path folder, Warn warn);

  bool keeps() const { return !folder_.empty(); }
  /// What a request is known by. `url` and the body say who was asked what.
  static std::string key_of(const std::string& url, const std::string& body, int64_t variant);

  /// The answer's body. Throws RecordError where the disk refuses.
  std::optional<std::string> find(const std::string& key) const;
  /// Durable when it returns. `request` is kept for who wants to know what was asked. Throws
  /// RecordError where the disk refuses.
  void keep(const std::string& key, const std::string& request, const std::string& answer) const;

  /// Holds a key while it is asked: who wants the same waits, and then finds the answer.
  class Turn {
   public:
    Turn(ReplyCache& cache, std::string key);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    ReplyCache& cache_;
    std::string key_;
  };

 private:
  std::filesystem::path file_of(const std::string& key) const;

  const std::filesystem::path folder_;
  const Warn warn_;
  std::mutex mutex_;
  std::condition_variable turn_over_;
  std::set<std::string> asked_now_;
};

}  // namespace tuneval
