#pragma once

#include "framework/teacher/teacher.h"
#include "tests/support/folder.h"
#include "tests/support/scripted_teacher.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::test {

/// A clock on which sleeping takes no time.
class QuickClock final : public Clock {
 public:
  double now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep(double seconds) override {
    const std::lock_guard lock(mutex_);
    now_ += seconds;
  }

 private:
  mutable std::mutex mutex_;
  double now_ = 1000.0;
};

/// An environment variable for as long as this lives.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

inline TeacherRequest request(const std::string& text) {
  TeacherRequest asked;
  asked.messages = {{"user", text, {}}};
  return asked;
}

inline std::vector<TeacherRequest> requests(size_t count) {
  std::vector<TeacherRequest> asked;
  for (size_t i = 0; i < count; ++i) asked.push_back(request("question " + std::to_string(i)));
  return asked;
}

/// Teachers on a scripted server. They must end before the test's own servers.
class TeacherTest : public testing::Test {
 protected:
  static TeacherOptions options_for(const ScriptedTeacher& server) {
    TeacherOptions options;
    options.base_url = server.base_url();
    options.model = "wise";
    options.where = "run.toml:30:1";
    return options;
  }
  TeacherTools tools() {
    return {[this](const std::string& message) { warnings_.push_back(message); }, clock_, {}};
  }
  /// With a cache, where `cache` is true.
  std::unique_ptr<Teacher> teacher(const TeacherOptions& options, bool cache = false) {
    return std::make_unique<Teacher>(options, cache ? cache_folder() : std::filesystem::path(),
                                     tools());
  }
  std::filesystem::path cache_folder() const { return folder_.path() / "cache"; }
  std::vector<std::filesystem::path> cache_files() const {
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::exists(cache_folder())) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(cache_folder())) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }
  /// All replies by index; fails where an index is told twice.
  static std::map<size_t, TeacherReply> ask_all(Teacher& teacher,
                                                const std::vector<TeacherRequest>& asked) {
    std::map<size_t, TeacherReply> replies;
    teacher.ask_all(asked, [&](size_t index, TeacherReply reply) {
      EXPECT_TRUE(replies.emplace(index, std::move(reply)).second) << index;
    });
    return replies;
  }

  TempFolder folder_;
  std::shared_ptr<QuickClock> clock_ = std::make_shared<QuickClock>();
  std::vector<std::string> warnings_;
};

}  // namespace tuneval::test
