#include "framework/data/csv_reader.h"

#include "framework/data/rows.h"
#include "tuneval/metric/text.h"

#include <csv.h>
#include <fmt/format.h>

#include <new>
#include <optional>
#include <utility>

namespace tuneval {

namespace {

/// libcsv's parser, fed line by line: so it is known on which line a record begins.
class Reader {
 public:
  Reader(const CsvSink& sink, const CsvFault& fault) : sink_(sink), fault_(fault) { start(); }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Takes a line with its end; false when no more are wanted.
  bool take(std::string_view line, int64_t number) {
    if (!inside_) {
      if (trim(line).empty()) return true;
      record_.line = number;
    }
    inside_ = true;
    size_ += line.size();
    if (size_ > static_cast<size_t>(kLongestRow)) {
      return fail(fmt::format("longer than {} bytes: is a closing quote missing?", kLongestRow));
    }
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_record, this) != line.size()) {
      return parse_error();
    }
    return deliver();
  }

  /// After the last line.
  void end() {
    if (csv_fini(&parser_, on_field, on_record, this) != 0) {
      parse_error();
    } else {
      deliver();
    }
  }

 private:
  void start() {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    // Spaces around an unquoted field belong to it.
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });
  }

  bool parse_error() {
    if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
    return fail(
        "not valid CSV: a field that holds a quote must stand in quotes, with every quote inside "
        "doubled, and a quoted field must end with a quote");
  }

  bool fail(const std::string& message) {
    const int64_t line = record_.line;
    csv_free(&parser_);
    start();
    forget_record();
    finished_ = false;
    return fault_(line, message);
  }

  // The callbacks must not throw through the C library: records are handed on by deliver().
  static void on_field(void* field, size_t size, void* self) {
    static_cast<Reader*>(self)->record_.fields.emplace_back(static_cast<const char*>(field), size);
  }
  static void on_record(int, void* self) { static_cast<Reader*>(self)->finished_ = true; }

  bool deliver() {
    if (!std::exchange(finished_, false)) return true;
    CsvRecord record = std::exchange(record_, {});
    forget_record();
    return sink_(std::move(record));
  }

  void forget_record() {
    record_ = {};
    size_ = 0;
    inside_ = false;
  }

  const CsvSink& sink_;
  const CsvFault& fault_;
  csv_parser parser_;
  CsvRecord record_;
  size_t size_ = 0;        // bytes of the record so far
  bool inside_ = false;    // whether the next line goes on with a record
  bool finished_ = false;  // whether record_ is whole
};

/// Length of the first line of `text` with its end: LF, CRLF or CR.
size_t line_length(std::string_view text) {
  const size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return text.size();
  return text.substr(end).starts_with("\r\n") ? end + 2 : end + 1;
}

}  // namespace

void read_csv(std::string_view text, const CsvSink& sink, const CsvFault& fault) {
  // A CR alone is a line's end to editors only where a file has no other.
  const char line_end = text.find('\n') == std::string_view::npos ? '\r' : '\n';
  Reader reader(sink, fault);
  for (int64_t number = 1; !text.empty();) {
    const std::string_view line = text.substr(0, line_length(text));
    if (!reader.take(line, number)) return;
    if (line.back() == line_end) ++number;
    text.remove_prefix(line.size());
  }
  reader.end();
}

}  // namespace tuneval
