#pragma once

#include "tuneval/error.h"
#include "tuneval/plugin.h"

#include <span>
#include <string>
#include <string_view>

/// What is fed with any bytes, by libFuzzer (libfuzzer/) and, with the files of corpus/, by a test
/// that every build runs. A fault of the input is a tuneval::Error and passes; any other exception,
/// a crash, a sanitizer's finding or a broken promise ends the program.
namespace tuneval::fuzz {

struct Target {
  std::string_view name;  ///< of its folder in corpus/ too
  void (*run)(std::string_view input);
};

/// All of them. The targets of files write into a temporary folder of this process.
std::span<const Target> targets();

/// The metrics to be fed; each program that uses the targets defines it: from plugins that are
/// linked in, or loaded.
const Registry& metrics();

// The targets, by the files they stand in.
void read_config(std::string_view input);
void read_calls(std::string_view input);
void read_teacher(std::string_view input);
void read_record(std::string_view input);
void score_metrics(std::string_view input);
void read_weights(std::string_view input);
void read_index(std::string_view input);
void read_tokenizer(std::string_view input);
void render_template(std::string_view input);
void read_pack_toml(std::string_view input);
void read_json_lines(std::string_view input);
void read_csv_table(std::string_view input);
void read_run_toml(std::string_view input);
void read_library(std::string_view input);

/// Ends the program with a message: a promise of the code under test is broken.
[[noreturn]] void broken(const std::string& promise);

/// The parts of an input that stand between bytes 0x1F; there are always `count`, the last with all
/// that is left.
std::vector<std::string_view> parts_of(std::string_view input, size_t count);

/// Runs `read`; a fault of the input is none of ours.
template <typename Read>
void survive(Read read) {
  try {
    read();
  } catch (const Error&) {
  }
}

}  // namespace tuneval::fuzz
