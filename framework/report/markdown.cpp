#include "framework/report/document.h"
#include "framework/report/report.h"

#include <fmt/format.h>

namespace tuneval {
namespace {

/// Text that Markdown takes as it stands, in one line.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) safe += '\\';
    safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return safe;
}

std::string rendered(const Table& table) {
  std::string titles = "|", rule = "|", rows;
  for (const Column& column : table.columns) {
    titles += fmt::format(" {} |", escaped(column.title));
    rule += column.is_number ? " ---: |" : " --- |";
  }
  for (const auto& row : table.rows) {
    rows += "|";
    for (const TableCell& cell : row) rows += fmt::format(" {} |", escaped(cell.text));
    rows += "\n";
  }
  return fmt::format("\n{}\n{}\n{}", titles, rule, rows);
}

/// Text of an HTML element, in one line.
std::string html(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      default: safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return safe;
}

/// A line that opens to a table. Between blank lines Markdown counts inside HTML too.
std::string folded(const Section& section) {
  return fmt::format("\n<details>\n<summary>{}</summary>\n{}\n</details>\n", html(section.heading),
                     rendered(section.table));
}

std::string rendered(const Section& section) {
  std::string text = fmt::format("\n## {}\n", escaped(section.heading));
  for (const std::string& paragraph : section.paragraphs) {
    text += fmt::format("\n{}\n", escaped(paragraph));
  }
  if (!section.table.columns.empty()) text += rendered(section.table);
  if (!section.items.empty()) text += "\n";
  for (const std::string& item : section.items) text += fmt::format("- {}\n", escaped(item));
  return text;
}

}  // namespace

std::string markdown_report(const Summary& summary) {
  const Document document = make_document(summary);
  std::string text = fmt::format("# Report\n\n{}.\n", escaped(document.title));
  for (const Section& section : document.sections) text += rendered(section);
  if (document.folded.empty()) return text;
  text += "\n## Figures behind the scores\n\nBase → tuned; a line opens to its table.\n";
  for (const Section& section : document.folded) text += folded(section);
  return text;
}

}  // namespace tuneval
