#include "framework/data/importers/support.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuneval {

namespace {

/// Line and column of an offset, from 1, as "line:column".
std::string place_of(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const size_t start = before.rfind('\n');
  const size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return fmt::format("{}:{}", line, column);
}

/// What the JSON library says of an error, without the name and the place it puts first.
std::string reason_of(std::string_view message) {
  if (const size_t column = message.find("column "); column != std::string_view::npos) {
    const size_t end = message.find(": ", column);
    if (end != std::string_view::npos) message.remove_prefix(end + 2);
  } else if (const size_t end = message.find("] "); end != std::string_view::npos) {
    message.remove_prefix(end + 2);
  }
  return std::string(message);
}

/// Walks through JSON and keeps nothing but the first error.
struct Syntax : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception& error) override {
    offset = at == 0 ? 0 : at - 1;  // it counts the byte that it choked on
    reason = reason_of(error.what());
    return false;
  }

  size_t offset = 0;
  std::string reason;
};

/// Throws DataError with line and column unless `text` is one JSON value.
void check_json(std::string_view text, const std::filesystem::path& file) {
  Syntax syntax;
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &syntax)) return;
  throw DataError(fmt::format("{}:{}: not valid JSON: {}", file.string(),
                              place_of(text, syntax.offset), syntax.reason));
}

/// Steps through the elements of a valid JSON array.
class Elements {
 public:
  explicit Elements(std::string_view text) : text_(text), at_(text.find('[') + 1) {}

  /// The next element; empty after the last. `line`: where it begins, from 1.
  std::string_view next(int64_t& line) {
    at_ = std::min(text_.find_first_not_of(" \t\r\n,", at_), text_.size());
    if (at_ == text_.size() || text_[at_] == ']') return {};
    line_ += std::ranges::count(text_.substr(counted_, at_ - counted_), '\n');
    counted_ = at_;
    line = line_;
    const size_t begin = at_;
    for (int64_t depth = 0; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (depth == 0 && (c == ',' || c == ']')) break;
      if (c == '"') skip_string();
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  /// From a string's first quote to its last.
  void skip_string() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
  }

  std::string_view text_;
  size_t at_;
  size_t counted_ = 0;
  int64_t line_ = 1;
};

Row record(std::string_view text, const std::filesystem::path& file, int64_t line) {
  const std::string where = fmt::format("{}:{}", file.string(), line);
  if (text.size() > static_cast<size_t>(kLongestRow)) {
    throw DataError(fmt::format("{}: longer than {} bytes", where, kLongestRow));
  }
  return Row::parse(text, where, ConfigKind::data);
}

std::vector<Row> read_array(std::string_view text, const std::filesystem::path& file) {
  check_json(text, file);
  std::vector<Row> rows;
  Elements elements(text);
  int64_t line = 1;
  for (std::string_view one; !(one = elements.next(line)).empty();) {
    rows.push_back(record(one, file, line));
  }
  return rows;
}

std::vector<Row> read_lines(std::string_view text, const std::filesystem::path& file) {
  std::vector<Row> rows;
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (trim(line).empty()) continue;
    Syntax syntax;
    if (line.size() <= static_cast<size_t>(kLongestRow) &&
        !nlohmann::json::sax_parse(line.begin(), line.end(), &syntax)) {
      throw DataError(fmt::format("{}:{}:{}: not valid JSON: {}", file.string(), number,
                                  syntax.offset + 1, syntax.reason));
    }
    rows.push_back(record(line, file, number));
  }
  return rows;
}

}  // namespace

std::string source_name(const std::filesystem::path& source) {
  const std::filesystem::path plain = std::filesystem::absolute(source).lexically_normal();
  return (plain.has_filename() ? plain : plain.parent_path()).filename().string();
}

std::string read_text(const std::filesystem::path& file) {
  std::string text = read_file(file);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const size_t bad = find_invalid_utf8(text);
  if (bad == text.size()) return text;
  throw DataError(fmt::format("{}:{}: the byte 0x{:02x} is not valid UTF-8", file.string(),
                              place_of(text, bad), static_cast<unsigned char>(text[bad])));
}

std::vector<Row> read_records(const std::filesystem::path& file) {
  std::vector<Row> rows;
  if (file.extension() == ".csv") {
    rows = read_rows(file);
  } else {
    const std::string text = read_text(file);
    rows = trim(text).starts_with('[') ? read_array(text, file) : read_lines(text, file);
  }
  if (rows.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return rows;
}

Row read_object(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  check_json(text, file);
  return Row::parse(text, file.string(), ConfigKind::data);
}

std::filesystem::path one_of(const std::filesystem::path& folder,
                             const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    std::error_code error;
    if (std::filesystem::exists(folder / name, error)) found.push_back(name);
  }
  if (found.size() == 1) return folder / found.front();
  if (found.empty()) {
    throw DataError(fmt::format("{}: holds no {}", folder.string(), fmt::join(names, ", no ")));
  }
  throw DataError(fmt::format("{}: holds {}: expected one of them", folder.string(),
                              fmt::join(found, " and ")));
}

bool read_source(const std::filesystem::path& source, ImportedPack& pack,
                 const std::function<void(const Row&, std::vector<ImportedRow>&)>& take) {
  std::error_code error;
  if (!std::filesystem::is_directory(source, error)) {
    for (const Row& row : read_records(source)) take(row, pack.train);
    return false;
  }
  for (const bool train : {true, false}) {
    const std::string split = train ? "train" : "test";
    const auto file = one_of(source, {split + ".jsonl", split + ".json"});
    for (const Row& row : read_records(file)) take(row, train ? pack.train : pack.test);
  }
  return true;
}

}  // namespace tuneval
