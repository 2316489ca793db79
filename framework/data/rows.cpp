#include "framework/data/rows.h"

#include "framework/data/csv_reader.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <boost/nowide/utf/utf.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace tuneval {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What one file's reading needs to hand on rows and faults.
struct Reading {
  std::string file;
  size_t limit;  // 0: none
  const FaultHandler& fault;
  std::vector<Row> rows;

  std::string where(int64_t line) const { return fmt::format("{}:{}", file, line); }
  bool full() const { return limit != 0 && rows.size() >= limit; }

  /// Adds the row of a JSON text; a text that is none is a fault.
  void add(const std::string& json, int64_t line) {
    try {
      rows.push_back(Row::parse(json, where(line), ConfigKind::data));
    } catch (const DataError& error) {
      fault(where(line), without_where(error.what(), where(line)));
    }
  }

  /// Whether a line is valid UTF-8; if not, that is a fault.
  bool is_utf8(std::string_view text, int64_t line, std::string_view what) {
    const size_t bad = find_invalid_utf8(text);
    if (bad == text.size()) return true;
    fault(where(line), fmt::format("byte {} of the {} is 0x{:02x}: not valid UTF-8", bad + 1, what,
                                   static_cast<unsigned char>(text[bad])));
    return false;
  }
};

void read_json_lines(std::string_view text, Reading& reading) {
  for (int64_t number = 1; !text.empty() && !reading.full(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (trim(line).empty()) continue;
    if (line.size() > static_cast<size_t>(kLongestRow)) {
      reading.fault(reading.where(number), fmt::format("longer than {} bytes", kLongestRow));
    } else if (reading.is_utf8(line, number, "line")) {
      reading.add(std::string(line), number);
    }
  }
}

/// The keys that a .csv file's first record gives.
struct Header {
  std::vector<std::string> keys;
  size_t first = 0;  // 1 where a column without a name, the index of a data frame, comes first

  /// An empty string, or what is wrong.
  std::string fault() const {
    if (keys.size() == first) return "names no column";
    for (size_t i = first; i < keys.size(); ++i) {
      if (keys[i].empty()) return fmt::format("has no name for column {}", i + 1);
      if (std::count(keys.begin(), keys.end(), keys[i]) > 1) {
        return fmt::format("has two columns called \"{}\"", keys[i]);
      }
    }
    return {};
  }
};

Header read_header(const CsvRecord& record) {
  Header header;
  for (const std::string& field : record.fields) header.keys.emplace_back(trim(field));
  if (header.keys.size() > 1 && header.keys.front().empty()) header.first = 1;
  return header;
}

void add_record(const Header& header, const CsvRecord& record, Reading& reading) {
  if (record.fields.size() != header.keys.size()) {
    return reading.fault(reading.where(record.line),
                         fmt::format("{} fields: expected {}, as in the first record",
                                     record.fields.size(), header.keys.size()));
  }
  auto row = nlohmann::ordered_json::object();
  for (size_t i = header.first; i < header.keys.size(); ++i) {
    const std::string what = fmt::format("field \"{}\"", header.keys[i]);
    if (!reading.is_utf8(record.fields[i], record.line, what)) return;
    row[header.keys[i]] = record.fields[i];
  }
  reading.add(row.dump(), record.line);
}

void read_csv_rows(std::string_view text, Reading& reading) {
  bool has_header = false;
  Header header;
  const CsvSink sink = [&](const CsvRecord& record) {
    if (has_header) {
      add_record(header, record, reading);
      return !reading.full();
    }
    has_header = true;
    header = read_header(record);
    std::string wrong = header.fault();
    for (const std::string& key : header.keys) {
      if (find_invalid_utf8(key) != key.size()) wrong = "is not valid UTF-8";
    }
    if (!wrong.empty()) reading.fault(reading.where(record.line), "the first record " + wrong);
    return wrong.empty();
  };
  read_csv(text, sink, [&](int64_t line, const std::string& message) {
    reading.fault(reading.where(line), message);
    return has_header;
  });
}

}  // namespace

bool is_data_file(const std::filesystem::path& file) {
  return file.extension() == ".jsonl" || file.extension() == ".csv";
}

std::string read_file(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    throw DataError(fmt::format("{}: is a folder: expected a file", file.string()));
  }
  const auto refuse_if_large = [&](uintmax_t size) {
    if (size <= uintmax_t{kLargestFile}) return;
    throw DataError(fmt::format("{}: has {} bytes or more: expected at most {}", file.string(),
                                size, kLargestFile));
  };
  const uintmax_t size = std::filesystem::file_size(file, error);
  if (!error) refuse_if_large(size);
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  if (!error) text.reserve(size);
  std::vector<char> block(size_t{1} << 16);
  while (stream.read(block.data(), std::streamsize(block.size())) || stream.gcount() > 0) {
    text.append(block.data(), size_t(stream.gcount()));
    refuse_if_large(text.size());
  }
  if (!stream.is_open() || stream.bad()) {
    throw DataError(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  }
  return text;
}

size_t find_invalid_utf8(std::string_view text) {
  using Utf8 = boost::nowide::utf::utf_traits<char>;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* const character = at;
    if (!boost::nowide::utf::is_valid_codepoint(Utf8::decode(at, end))) {
      return static_cast<size_t>(character - text.data());
    }
  }
  return text.size();
}

std::vector<Row> read_rows(const std::filesystem::path& file, int64_t limit) {
  return read_rows(file, limit, throwing());
}

std::vector<Row> read_rows(const std::filesystem::path& file, int64_t limit,
                           const FaultHandler& fault) {
  Reading reading{file.string(), static_cast<size_t>(std::max<int64_t>(limit, 0)), fault, {}};
  if (!is_data_file(file)) {
    fault(reading.file, "is not a data file: expected a name that ends in .jsonl or .csv");
    return {};
  }
  std::string whole;
  try {
    whole = read_file(file);
  } catch (const DataError& error) {
    fault(reading.file, without_where(error.what(), reading.file));
    return {};
  }
  std::string_view text = whole;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (file.extension() == ".csv") {
    read_csv_rows(text, reading);
  } else {
    read_json_lines(text, reading);
  }
  return std::move(reading.rows);
}

}  // namespace tuneval
