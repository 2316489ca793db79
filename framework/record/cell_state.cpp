#include "framework/record/cell_state.h"

#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "framework/record/store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

// Of a log and of one of its lines, what a message shows of it.
constexpr std::streamoff kTail = 16384;
constexpr size_t kLongestLine = 400;

fs::path file_of(const fs::path& output, std::string_view folder, std::string_view id,
                 std::string_view ending) {
  const fs::path record = RecordStore(output).record_path(id);  // throws for what is no id
  return output / folder / fmt::format("{}{}", record.stem().string(), ending);
}

nlohmann::ordered_json to_json(const RunningCell& state) {
  return {{"stage", state.stage},
          {"done", state.done},
          {"total", state.total},
          {"tokens", state.tokens},
          {"loss", json_number(state.loss)},
          {"started", state.started},
          {"updated", state.updated},
          {"pid", state.pid},
          {"host", state.host},
          {"attempt", state.attempt}};
}

RunningCell from_json(const nlohmann::ordered_json& json, std::string_view where) {
  JsonObject object(json, where);
  RunningCell state;
  state.stage = object.text("stage");
  state.done = object.integer("done");
  state.total = object.integer("total");
  state.tokens = object.integer("tokens");
  state.loss = object.number("loss");
  state.started = object.text("started");
  state.updated = object.text("updated");
  state.pid = object.integer("pid");
  state.host = object.text("host");
  state.attempt = object.integer("attempt");
  return state;
}

}  // namespace

fs::path cell_state_path(const fs::path& output, std::string_view id) {
  return file_of(output, "state", id, ".json");
}

void write_cell_state(const fs::path& output, std::string_view id, const RunningCell& state) {
  write_file_atomically(cell_state_path(output, id), json_text(to_json(state), -1) + "\n");
}

std::optional<RunningCell> read_cell_state(const fs::path& output, std::string_view id) {
  const fs::path file = cell_state_path(output, id);
  std::error_code problem;
  if (!fs::exists(file, problem)) return std::nullopt;
  try {
    const std::string where = file.string();
    return from_json(parse_json_object(read_whole_file(file), where), where);
  } catch (const std::exception&) {
    return std::nullopt;  // gone meanwhile, or of another version
  }
}

void remove_cell_state(const fs::path& output, std::string_view id) {
  std::error_code ignored;
  fs::remove(cell_state_path(output, id), ignored);
}

fs::path cell_log_path(const fs::path& output, std::string_view id) {
  return file_of(output, "logs", id, ".log");
}

std::vector<std::string> last_log_lines(const fs::path& output, std::string_view id, size_t most) {
  std::ifstream stream(cell_log_path(output, id), std::ios::binary | std::ios::ate);
  std::vector<std::string> lines;
  if (!stream) return lines;
  const std::streamoff size = stream.tellg();
  stream.seekg(std::max<std::streamoff>(0, size - kTail));
  for (std::string line; std::getline(stream, line);) {
    std::erase_if(line, [](unsigned char c) { return c < 0x20 && c != '\t'; });
    if (line.size() > kLongestLine) line.resize(kLongestLine);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - std::ptrdiff_t(most));
  return lines;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace tuneval
