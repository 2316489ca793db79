// What the environment may say, and what it may not.
#include "tests/end_to_end/program.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

namespace tuneval::testing {
namespace {

/// A variable of the programs that are started while this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, /*overwrite=*/1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), /*overwrite=*/1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class EnvironmentTest : public ProgramTest {
 protected:
  const std::string source_ = TUNEVAL_SOURCE_DIR;
  std::vector<std::vector<std::string>> commands() const {
    const std::string model = source_ + "/models/tiny-llama";
    return {{"plugins", "list"},
            {"plan", source_ + "/examples/quickstart.toml"},
            {"run", source_ + "/examples/quickstart.toml", "--output", (folder_ / "out").string()},
            {"report", folder_.string()},
            {"generate", model, "--prompt", "x"},
            {"pack", "check", source_ + "/packs/ticket_urgency"},
            {"export", folder_.string(), "--model", "m", "--task", "t", "--to",
             (folder_ / "to").string()}};
  }
};

TEST_F(EnvironmentTest, UnknownKernelsEndEveryCommandBeforeItStarts) {
  const Variable kernels("TUNEVAL_CPU", "sse9");
  for (const auto& command : commands()) {
    const Outcome outcome = tuneval(command);
    EXPECT_EQ(outcome.exit_code, 2) << command[0];
    EXPECT_EQ(outcome.err,
              "tuneval: TUNEVAL_CPU is \"sse9\": expected portable, avx2, avx512 or tiles\n")
        << command[0];
    EXPECT_EQ(outcome.out, "") << command[0];
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(EnvironmentTest, KnownKernelsAndNoneAreTaken) {
  for (const char* name : {"portable", "avx2", "avx512", "tiles", ""}) {
    const Variable kernels("TUNEVAL_CPU", name);
    const Outcome outcome =
        tuneval({"generate", source_ + "/models/tiny-llama", "--prompt", "Hello"});
    EXPECT_EQ(outcome.exit_code, 0) << name << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace tuneval::testing
