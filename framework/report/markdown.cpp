#include "framework/report/document.h"
#include "framework/report/render.h"
#include "framework/report/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

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

/// A section as it is written, and what stands in its place where it has no room.
struct Piece {
  std::string heading, text;
  bool is_folded = false, is_out = false;

  size_t size() const { return is_out ? stub().size() : text.size(); }
  std::string stub() const {
    return is_folded ? "" : fmt::format("\n## {}\n\nLeft out.\n", escaped(heading));
  }
};

std::vector<Piece> pieces_of(const Document& document) {
  std::vector<Piece> pieces;
  for (const Section& section : document.sections) {
    pieces.push_back({section.heading, rendered(section)});
  }
  for (const Section& section : document.folded) {
    pieces.push_back({section.heading, folded(section), true});
  }
  return pieces;
}

size_t size_of(const std::vector<Piece>& pieces) {
  size_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.size();
  return sum;
}

/// Which piece goes next: the last folded one, then the longest. Null where all are gone.
Piece* next_out(std::vector<Piece>& pieces) {
  Piece* next = nullptr;
  for (Piece& piece : pieces) {
    if (piece.is_out) continue;
    const bool is_next =
        !next || piece.is_folded || (!next->is_folded && piece.text.size() > next->text.size());
    if (is_next) next = &piece;
  }
  return next;
}

/// What was left out, and where it is.
std::string left_out(const std::vector<Piece>& pieces, size_t limit) {
  std::vector<std::string> names;
  size_t tables = 0;
  for (const Piece& piece : pieces) {
    if (!piece.is_out) continue;
    if (piece.is_folded) {
      ++tables;
    } else {
      names.push_back(escaped(piece.heading));
    }
  }
  if (tables > 0) names.push_back(fmt::format("folded tables ({})", tables));
  if (names.empty()) return "";
  return fmt::format(
      "\n## Left out\n\nTo stay within {} characters, sections were left out whole: folded tables "
      "first, then the longest. The other formats of the report have them: {}.\n",
      limit, fmt::join(names, "; "));
}

}  // namespace

std::string markdown_text(const Document& document, const std::string& heading, size_t limit) {
  const std::string begin = fmt::format("# {}\n\n{}.\n", heading, escaped(document.title));
  const std::string figures =
      "\n## Figures behind the scores\n\nBase → tuned; a line opens to its table.\n";
  std::vector<Piece> pieces = pieces_of(document);
  const auto size = [&] {
    return begin.size() + figures.size() + size_of(pieces) + left_out(pieces, limit).size();
  };
  while (size() > limit) {
    Piece* piece = next_out(pieces);
    if (!piece) break;
    piece->is_out = true;
  }
  std::string text = begin;
  bool has_figures = false;
  for (const Piece& piece : pieces) {
    if (piece.is_folded && !piece.is_out && !has_figures) text += figures;
    has_figures |= piece.is_folded && !piece.is_out;
    text += piece.is_out ? piece.stub() : piece.text;
  }
  return text + left_out(pieces, limit);
}

std::string markdown_report(const Summary& summary) {
  return markdown_text(make_document(summary), "Report");
}

}  // namespace tuneval
