// conformance_check PLUGIN [FILE_OR_FOLDER_OF_PLUGINS_BESIDE…]: runs the named checks, prints each,
// and ends with 1 when one failed.
#include "framework/conformance/conformance.h"
#include "framework/loader/loader.h"

#include <fmt/format.h>

int main(int count, char** arguments) {
  using namespace tuneval;
  if (count < 2) {
    fmt::print(stderr, "conformance_check PLUGIN [PLUGINS BESIDE…]\n");
    return 2;
  }
  try {
    const std::vector<std::filesystem::path> beside(arguments + 2, arguments + count);
    const Registry others = load_plugins(beside);
    CheckOptions options;
    options.others = &others;
    const auto results = check_plugin(arguments[1], options);
    for (const CheckResult& result : results) {
      const char* status = result.status == CheckResult::Status::passed   ? "passed "
                           : result.status == CheckResult::Status::failed ? "FAILED "
                                                                          : "skipped";
      fmt::print("{} {}: {}: {}\n", status, result.subject, result.name, result.seen);
    }
    return all_passed(results) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
