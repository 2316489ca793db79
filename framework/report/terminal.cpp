#include "framework/report/document.h"
#include "framework/report/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace tuneval {
namespace {

// ANSI "select graphic rendition"
const char* const kReset = "\033[0m";
const char* const kBold = "\033[1m";

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::good: return "\033[32m";
    case Tone::bad: return "\033[31m";
    case Tone::faint: return "\033[2m";
  }
  return "";
}

/// Names and errors come from files: a control character must not steer the terminal.
std::string harmless(std::string text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  std::ranges::replace_if(text, is_control, ' ');
  return text;
}

/// Columns on the screen. fmt pads by display width (wide characters count two), which tells the
/// width: padded to as many columns as bytes, a text grows by the difference.
size_t display_width(const std::string& text) {
  const size_t padded = fmt::formatted_size("{:<{}}", text, text.size());
  return 2 * text.size() - padded;
}

class TerminalWriter {
 public:
  explicit TerminalWriter(bool colour) : colour_(colour) {}

  std::string write(const Document& document) {
    line(bold(document.title));
    for (const Section& section : document.sections) write(section);
    return std::move(out_);
  }

 private:
  void write(const Section& section) {
    line("");
    line(bold(section.heading));
    for (const std::string& paragraph : section.paragraphs) line(harmless(paragraph));
    if (!section.table.columns.empty()) write(section.table);
    for (const std::string& item : section.items) line("  " + harmless(item));
  }

  void write(const Table& table) {
    std::vector<size_t> widths;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      widths.push_back(display_width(table.columns[i].title));
      for (const auto& row : table.rows) {
        widths[i] = std::max(widths[i], display_width(harmless(row[i].text)));
      }
    }
    std::vector<TableCell> titles;
    for (const Column& column : table.columns) titles.push_back({column.title, Tone::faint});
    write(titles, table.columns, widths);
    for (const auto& row : table.rows) write(row, table.columns, widths);
  }

  void write(const std::vector<TableCell>& row, const std::vector<Column>& columns,
             const std::vector<size_t>& widths) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string cell = harmless(row[i].text);
      const bool is_last = i + 1 == row.size();
      const std::string padded = columns[i].is_number ? fmt::format("{:>{}}", cell, widths[i])
                                 : is_last            ? cell
                                                      : fmt::format("{:<{}}", cell, widths[i]);
      text += "  " + painted(padded, code(row[i].tone));
    }
    line(text);
  }

  std::string bold(const std::string& text) const { return painted(harmless(text), kBold); }
  std::string painted(const std::string& text, std::string_view sequence) const {
    if (!colour_ || sequence.empty()) return text;
    return fmt::format("{}{}{}", sequence, text, kReset);
  }
  void line(const std::string& text) { out_ += text + "\n"; }

  bool colour_;
  std::string out_;
};

}  // namespace

bool wants_colour(std::FILE* stream) {
  // no-color.org: any value but the empty one says no
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour && *no_colour) return false;
  if (!terminal || std::string_view(terminal) == "dumb") return false;
  return ::isatty(::fileno(stream)) == 1;
}

std::string terminal_report(const Summary& summary, bool colour) {
  return TerminalWriter(colour).write(make_document(summary));
}

}  // namespace tuneval
