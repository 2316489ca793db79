#include "framework/manifest/slurm_section.h"

#include "framework/manifest/toml_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <string>
#include <vector>

namespace tuneval {
namespace {

bool is_control(unsigned char c) { return std::iscntrl(c) != 0 && c != '\t'; }

/// A value stands in a line of the script that sbatch reads: one word, without quotes.
void check_word(const TomlTable& table, std::string_view key, const std::string& value) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-.,:@%+=/*|&()[]").find(char(c)) != std::string_view::npos;
  };
  if (!std::ranges::all_of(value, fits)) {
    table.fail(key, fmt::format("is \"{}\": expected one word as sbatch takes it", value));
  }
}

void check_lines(const TomlTable& table, std::string_view key,
                 const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (line.empty() || std::ranges::any_of(line, is_control)) {
      table.fail(key, "holds an empty line or a control character: expected one line a text");
    }
  }
}

/// What tuneval sets itself, each option in the forms that sbatch knows.
constexpr std::array kOwnOptions = {"--array",      "-a",           "--job-name", "-J",
                                    "--output",     "-o",           "--error",    "-e",
                                    "--requeue",    "--no-requeue", "--signal",   "--open-mode",
                                    "--dependency", "-d",           "--parsable", "--chdir",
                                    "-D",           "--wrap",       "--wait",     "-W"};

void check_options(const TomlTable& table, const std::vector<std::string>& options) {
  check_lines(table, "options", options);
  for (const std::string& option : options) {
    if (option[0] != '-') {
      table.fail("options", fmt::format("holds \"{}\": expected an option of sbatch, such as "
                                        "\"--constraint=a100\"",
                                        option));
    }
    const std::string name = option.substr(0, option.find_first_of("= "));
    if (std::ranges::find(kOwnOptions, name) != kOwnOptions.end()) {
      table.fail("options", fmt::format("holds \"{}\", which tuneval sets itself", name));
    }
  }
}

void check_sizes(const TomlTable& table, const SlurmOptions& options) {
  if (!options.time.empty() && !slurm_minutes(options.time)) {
    table.fail("time", fmt::format("is \"{}\": expected a limit as sbatch takes it, such as "
                                   "\"90\" (minutes), \"12:00:00\" or \"2-00:00:00\"",
                                   options.time));
  }
  static const std::regex kMemory("[1-9][0-9]{0,9}[KMGT]?");
  if (!options.memory.empty() && !std::regex_match(options.memory, kMemory)) {
    table.fail("memory", fmt::format("is \"{}\": expected a size as sbatch takes it, such as "
                                     "\"24G\" or \"800M\"",
                                     options.memory));
  }
  table.check_at_least("cpus", options.cpus, 0);
  table.check_at_least("width", options.width, 0);
  table.check_at_least("requeues", options.requeues, 0);
  if (options.signal < 1 || options.signal > 3600) {
    table.fail("signal", fmt::format("is {}: expected seconds, from 1 to 3600", options.signal));
  }
}

}  // namespace

SlurmOptions read_slurm(const toml::table& table, std::string_view where) {
  const TomlTable section(table, "[engine.slurm]", where,
                          {"partition", "account", "qos", "gres", "time", "memory", "cpus", "width",
                           "signal", "requeues", "per", "options", "setup", "program"});
  SlurmOptions options;
  options.where = section.where();
  const auto read_word = [&](std::string_view key, std::string& field) {
    section.read(key, field);
    check_word(section, key, field);
  };
  read_word("partition", options.partition);
  read_word("account", options.account);
  read_word("qos", options.qos);
  read_word("gres", options.gres);
  section.read("time", options.time);
  section.read("memory", options.memory);
  section.read("cpus", options.cpus);
  section.read("width", options.width);
  section.read("signal", options.signal);
  section.read("requeues", options.requeues);
  check_sizes(section, options);
  section.read("per", options.per);
  section.check_one_of("per", options.per, {"model", "cell"});
  section.read("options", options.options);
  check_options(section, options.options);
  section.read("setup", options.setup);
  check_lines(section, "setup", options.setup);
  section.read("program", options.program);
  if (!options.program.empty() && options.program[0] != '/') {
    section.fail("program", fmt::format("is \"{}\": expected an absolute path", options.program));
  }
  return options;
}

std::optional<int64_t> slurm_minutes(std::string_view text) {
  static const std::regex kForm(
      R"((?:(\d{1,4})-(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)|(?:(\d{1,6})(?::(\d{1,2})(?::(\d{1,2}))?)?))");
  std::cmatch part;
  if (!std::regex_match(text.data(), text.data() + text.size(), part, kForm)) return std::nullopt;
  const auto number = [&](size_t i) { return part[i].matched ? std::stoll(part[i].str()) : 0LL; };
  int64_t seconds = 0;
  if (part[1].matched) {
    seconds = ((number(1) * 24 + number(2)) * 60 + number(3)) * 60 + number(4);
  } else if (part[7].matched) {
    seconds = (number(5) * 60 + number(6)) * 60 + number(7);
  } else {
    seconds = number(5) * 60 + number(6);
  }
  if (seconds == 0) return std::nullopt;
  return (seconds + 59) / 60;
}

}  // namespace tuneval
