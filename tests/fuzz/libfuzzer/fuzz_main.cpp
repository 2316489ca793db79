// libFuzzer's side: one program for all targets. TUNEVAL_FUZZ names the one to be fed; where it is
// "list" their names are printed.
#include "tests/fuzz/targets.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

const tuneval::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* variable = std::getenv("TUNEVAL_FUZZ");
  const std::string_view name = variable != nullptr ? variable : "";
  for (const auto& target : tuneval::fuzz::targets()) {
    if (name == "list") std::printf("%s\n", std::string(target.name).c_str());
    if (target.name == name) chosen = &target;
  }
  if (name == "list") std::exit(0);
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "TUNEVAL_FUZZ names no target; TUNEVAL_FUZZ=list prints them\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
