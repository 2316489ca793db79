#include "framework/teacher/reply_cache.h"

#include "framework/data/hash.h"
#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Raised when entries of before must not be read any more.
constexpr const char* kFormat = "1";

/// Tells an entry that was damaged on the disk, or that lies under another's name.
std::string checksum(const std::string& key, const std::string& answer) {
  ContentHash hash;
  hash.add(key);
  hash.add(answer);
  return hash.hex();
}

/// The entry's answer. Throws RecordError where it is not whole.
std::string answer_in(const std::string& text, const fs::path& file, const std::string& key) {
  const Json json = parse_json_object(text, file.string());
  JsonObject entry(json, file.string());
  std::string answer = entry.text("answer");
  if (entry.text("checksum") != checksum(key, answer)) {
    entry.fail("checksum", "is not that of the answer");
  }
  return answer;
}

}  // namespace

ReplyCache::ReplyCache(fs::path folder, Warn warn)
    : folder_(std::move(folder)), warn_(std::move(warn)) {}

std::string ReplyCache::key_of(const std::string& url, const std::string& body, int64_t variant) {
  ContentHash hash;
  hash.add(kFormat);
  hash.add(url);
  hash.add(body);
  hash.add(fmt::format("{}", variant));
  return hash.hex();
}

fs::path ReplyCache::file_of(const std::string& key) const {
  // Folders of a few hundred files stay quick to list.
  return folder_ / key.substr(0, 2) / (key.substr(2) + ".json");
}

std::optional<std::string> ReplyCache::find(const std::string& key) const {
  if (!keeps()) return std::nullopt;
  const fs::path file = file_of(key);
  std::error_code problem;
  if (!fs::exists(file, problem) && !problem) return std::nullopt;
  const std::string text = read_whole_file(file);
  try {
    return answer_in(text, file, key);
  } catch (const RecordError& error) {
    warn_(fmt::format("{}; it is asked again", error.what()));
    return std::nullopt;
  }
}

void ReplyCache::keep(const std::string& key, const std::string& request,
                      const std::string& answer) const {
  if (!keeps()) return;
  const Json entry = {
      {"request", request}, {"answer", answer}, {"checksum", checksum(key, answer)}};
  write_file_atomically(file_of(key), json_text(entry, 1) + "\n");
}

ReplyCache::Turn::Turn(ReplyCache& cache, std::string key) : cache_(cache), key_(std::move(key)) {
  if (!cache_.keeps()) return;
  std::unique_lock lock(cache_.mutex_);
  cache_.turn_over_.wait(lock, [&] { return !cache_.asked_now_.contains(key_); });
  cache_.asked_now_.insert(key_);
}

ReplyCache::Turn::~Turn() {
  if (!cache_.keeps()) return;
  {
    const std::lock_guard lock(cache_.mutex_);
    cache_.asked_now_.erase(key_);
  }
  cache_.turn_over_.notify_all();
}

}  // namespace tuneval
