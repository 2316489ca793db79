#pragma once

#include "framework/report/tone.h"
#include "framework/summary/summary.h"

#include <string>
#include <vector>

namespace tuneval {

struct TableCell {
  std::string text;
  Tone tone = Tone::plain;
};

struct Column {
  std::string title;
  bool is_number = true;  ///< aligned to the right
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<TableCell>> rows;
};

/// A heading, what is to be known of it, and at most one table and one list.
struct Section {
  std::string heading;
  std::vector<std::string> paragraphs;
  Table table;
  std::vector<std::string> items;
};

/// The report for people, before it is laid out for a terminal or as Markdown.
struct Document {
  std::string title;
  std::vector<Section> sections;
  /// Long tables for a closer look; a renderer that cannot fold them away leaves them out.
  std::vector<Section> folded;
};

Document make_document(const Summary& summary);

}  // namespace tuneval
