#pragma once

#include "plugin_test.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

namespace tuneval {

/// The task types, loaded once.
inline const Registry& task_plugins() {
  static const Registry registry = [] {
    std::vector<std::filesystem::path> files;
    for (const char* name : {"information_extraction", "document_understanding", "open_book_qa",
                             "closed_book_qa", "tool_calling"}) {
      files.push_back(std::filesystem::path(TUNEVAL_PLUGIN_DIR) / (std::string(name) + ".so"));
    }
    return load_plugins(files);
  }();
  return registry;
}

/// A task type of which every test makes many.
class TaskMaker {
 public:
  explicit TaskMaker(std::string name) : name_(std::move(name)) {}

  std::shared_ptr<const TaskType> operator()(const std::string& options = "{}") const {
    return task_plugins().make_task_type(name_, task_options(options, "Do it."));
  }
  /// What is said of bad options.
  std::string refusal(const std::string& options) const {
    return data_error([&] { (*this)(options); });
  }
  /// What is said of a bad row.
  std::string bad(const std::string& row, const std::string& options = "{}") const {
    const auto type = (*this)(options);
    return data_error([&] { type->read_all(row_of(row)); });
  }

 private:
  std::string name_;
};

/// Texts of a megabyte that take naive readers long, or their stack.
inline std::vector<std::string> hostile_texts() {
  constexpr size_t kSize = size_t{1} << 20;
  const auto repeated = [](const std::string& part) {
    std::string text;
    while (text.size() < kSize) text += part;
    return text;
  };
  std::string keys = "{";
  for (size_t i = 0; keys.size() < kSize; ++i) keys += "\"k" + std::to_string(i) + "\":1,";
  const std::string deep(kSize / 2, '[');
  return {repeated("a"),
          repeated("["),
          repeated("{"),
          repeated("{\"a\":"),
          repeated("[1,"),
          repeated("[]"),
          repeated("{}"),
          repeated("[{]}"),
          repeated("\\\""),
          repeated("\""),
          repeated("```\n"),
          repeated("<tool_call>"),
          repeated("x {\"a\" 1} "),
          repeated("\xff"),
          repeated("1"),
          deep + std::string(kSize / 2, ']'),
          keys + "\"end\":0}",
          "[" + repeated("1,") + "1]",
          "{\"a\":\"" + repeated("a") + "\"}"};
}

/// Seconds of processor time that this thread has used: a busy machine is no fault.
inline double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

#ifdef __SANITIZE_ADDRESS__
inline constexpr double kSlower = 20.0;
#else
inline constexpr double kSlower = 4.0;
#endif

/// Fails where a megabyte is not read in kSlower seconds of processor time: it takes less than one
/// on a core of its own, minutes where the time grows with the square of a text. The best of three
/// tries counts.
inline void expect_fast_parse(const TaskType& type, const Example& example) {
  for (const std::string& text : hostile_texts()) {
    const double limit = kSlower;
    double best = 1e9;
    for (int i = 0; i < 3 && best > limit; ++i) {
      const double start = processor_seconds();
      const Prediction prediction = type.parse(example, text);
      EXPECT_TRUE(prediction.parsed || prediction.text.empty());
      best = std::min(best, processor_seconds() - start);
    }
    EXPECT_LT(best, limit) << text.substr(0, 20);
  }
}

inline void expect_target_parses(const TaskType& type, const Example& example) {
  const Prediction prediction = type.parse(example, example.target);
  EXPECT_TRUE(prediction.parsed) << example.where;
  EXPECT_NE(std::ranges::find(example.references, prediction.text), example.references.end())
      << example.where << ": " << prediction.text;
}

}  // namespace tuneval
