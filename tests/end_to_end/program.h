#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval::testing {

struct Outcome {
  int exit_code = 0;
  std::string out, err;
};

/// Runs build/bin/tuneval to its end.
Outcome tuneval(const std::vector<std::string>& arguments);
/// The same with a file as its standard input.
Outcome tuneval_reading(const std::filesystem::path& input,
                        const std::vector<std::string>& arguments);

/// Starts it, kills it with SIGKILL as soon as `now` is true; false when it ended before that.
bool tuneval_killed_when(const std::vector<std::string>& arguments,
                         const std::function<bool()>& now);

/// The same within limits of the shell's ulimit, e.g. "-v 16777216".
Outcome tuneval_within(const std::string& limits, const std::vector<std::string>& arguments);

/// Starts it, sends it a signal as soon as `now` is true, and waits for its end; none when it ended
/// before that.
std::optional<Outcome> tuneval_signalled_when(const std::vector<std::string>& arguments, int signal,
                                              const std::function<bool()>& now);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

/// A folder of its own for each test, removed afterwards.
class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::filesystem::path folder_;
};

/// Skips a test that needs the shared data; in CI their absence is a failure.
std::filesystem::path shared_data();
#define TUNEVAL_NEEDS_SHARED_DATA()                                                      \
  if (!std::filesystem::exists(::tuneval::testing::shared_data())) {                     \
    if (std::getenv("CI")) FAIL() << ::tuneval::testing::shared_data() << " is missing"; \
    GTEST_SKIP() << "needs ../shared/data";                                              \
  }

}  // namespace tuneval::testing
