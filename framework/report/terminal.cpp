#include "framework/report/render.h"
#include "framework/report/report.h"
#include "framework/report/screen.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

constexpr size_t kGap = 2;         ///< columns before each column of a table
constexpr size_t kLeastName = 12;  ///< columns that a shortened name keeps

constexpr size_t kMostRows = 60;  ///< of a table of the report

/// Of the table's columns those that stand beside each other.
using Columns = std::vector<size_t>;

class TerminalWriter {
 public:
  TerminalWriter(bool colour, size_t width) : colour_(colour), width_(width) {}

  std::string write(const Document& document) {
    heading(document.title);
    for (const Section& section : document.sections) write(section);
    return std::move(out_);
  }

 private:
  void write(const Section& section) {
    line("");
    heading(section.heading);
    for (const std::string& paragraph : section.paragraphs) {
      for (const std::string& part : wrapped(harmless(paragraph), width_)) line(part);
    }
    if (!section.table.columns.empty()) write(section.table);
    for (const std::string& item : section.items) write_item(harmless(item));
  }

  void write_item(const std::string& item) {
    const size_t room = width_ > 2 * kLeastName ? width_ - 2 * kGap : width_;
    std::string indent(kGap, ' ');
    for (const std::string& part : wrapped(item, room)) {
      line(indent + part);
      indent.assign(2 * kGap, ' ');
    }
  }

  void write(const Table& table) {
    std::vector<size_t> widths = widths_of(table);
    shorten_names(table, widths);
    std::vector<TableCell> titles;
    for (const Column& column : table.columns) titles.push_back({column.title, Tone::faint});
    bool is_first = true;
    for (const Columns& piece : pieces_of(widths)) {
      if (!is_first) line("");
      is_first = false;
      write(titles, table.columns, widths, piece);
      for (const auto& row : table.rows) write(row, table.columns, widths, piece);
    }
  }

  static std::vector<size_t> widths_of(const Table& table) {
    std::vector<size_t> widths;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      widths.push_back(display_width(table.columns[i].title));
      for (const auto& row : table.rows) {
        widths[i] = std::max(widths[i], display_width(harmless(row[i].text)));
      }
    }
    return widths;
  }

  static size_t total(const std::vector<size_t>& widths) {
    size_t sum = 0;
    for (const size_t width : widths) sum += kGap + width;
    return sum;
  }

  void shorten_names(const Table& table, std::vector<size_t>& widths) const {
    if (width_ == 0) return;
    for (size_t i = 0; i < widths.size(); ++i) {
      const size_t sum = total(widths);
      if (sum <= width_) return;
      if (table.columns[i].is_number || widths[i] <= kLeastName) continue;
      widths[i] -= std::min(sum - width_, widths[i] - kLeastName);
    }
  }

  std::vector<Columns> pieces_of(const std::vector<size_t>& widths) const {
    std::vector<Columns> pieces = {{0}};
    size_t used = kGap + widths[0];
    for (size_t i = 1; i < widths.size(); ++i) {
      const bool fits = width_ == 0 || used + kGap + widths[i] <= width_;
      if (!fits && pieces.back().size() > 1) {
        pieces.push_back({0});
        used = kGap + widths[0];
      }
      pieces.back().push_back(i);
      used += kGap + widths[i];
    }
    return pieces;
  }

  void write(const std::vector<TableCell>& row, const std::vector<Column>& columns,
             const std::vector<size_t>& widths, const Columns& piece) {
    std::string text;
    for (const size_t i : piece) {
      const std::string cell = fitted(harmless(row[i].text), widths[i]);
      const std::string padded = columns[i].is_number ? fmt::format("{:>{}}", cell, widths[i])
                                 : i == piece.back()  ? cell
                                                      : fmt::format("{:<{}}", cell, widths[i]);
      text += std::string(kGap, ' ') + (colour_ ? painted(padded, row[i].tone) : padded);
    }
    line(text);
  }

  void heading(const std::string& text) {
    for (const std::string& part : wrapped(harmless(text), width_)) {
      line(colour_ ? emphasised(part) : part);
    }
  }
  void line(const std::string& text) { out_ += text + "\n"; }

  bool colour_;
  size_t width_;
  std::string out_;
};

/// Tables of a row for each of many cells would push the answers off the screen.
void leave_out_long_tables(Document& document) {
  for (Section& section : document.sections) {
    const size_t rows = section.table.rows.size();
    if (rows <= kMostRows) continue;
    section.table = {};
    section.items.insert(section.items.begin(),
                         fmt::format("The table of {} rows is in the report's files.", rows));
  }
}

}  // namespace

std::string terminal_text(const Document& document, bool colour, size_t width) {
  return TerminalWriter(colour, width).write(document);
}

std::string terminal_report(const Summary& summary, bool colour, size_t width) {
  Document document = make_document(summary);
  leave_out_long_tables(document);
  return terminal_text(document, colour, width);
}

}  // namespace tuneval
