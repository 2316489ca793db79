#include "framework/data/importers/support.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// A stretch of personal data; places count characters, not bytes.
struct Span {
  std::string type, value;
  int64_t begin = 0, end = 0;
};

/// Byte offset of each character of a valid UTF-8 text, and the text's size at the end.
std::vector<size_t> character_starts(std::string_view text) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

std::vector<Span> read_spans(const Row& row) {
  std::vector<Span> spans;
  for (const Row& one : row.objects("spans")) {
    spans.push_back({one.text("entity_type"), one.text("entity_value"),
                     one.integer("start_position"), one.integer("end_position")});
    if (spans.back().type.empty()) one.fail("entity_type", "is empty");
  }
  std::ranges::sort(spans, {}, &Span::begin);
  return spans;
}

/// What is wrong with spans, in their order; empty when they fit the text.
std::string fault_of(const std::vector<Span>& spans, const std::string& text,
                     const std::vector<size_t>& starts) {
  int64_t last = 0;
  for (const Span& span : spans) {
    const auto length = static_cast<int64_t>(starts.size()) - 1;
    if (span.begin < 0 || span.begin >= span.end || span.end > length) {
      return fmt::format("the span {} to {} is not within the {} characters of \"full_text\"",
                         span.begin, span.end, length);
    }
    const size_t begin = starts[static_cast<size_t>(span.begin)];
    const std::string found = text.substr(begin, starts[static_cast<size_t>(span.end)] - begin);
    if (found != span.value) {
      return fmt::format("the span {} to {} is \"{}\" in the text, \"{}\" as its value", span.begin,
                         span.end, found, span.value);
    }
    if (span.begin < last) {
      return fmt::format("the span {} to {} overlaps the one before it", span.begin, span.end);
    }
    last = span.end;
  }
  return {};
}

/// "street address" of "STREET_ADDRESS".
std::string words_of(std::string type) {
  for (char& c : type) {
    c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return type;
}

Json redaction_of(const std::string& text, const std::vector<Span>& spans,
                  const std::vector<size_t>& starts) {
  std::string redacted;
  size_t copied = 0;
  Json entities = Json::array();
  for (const Span& span : spans) {
    const std::string token = fmt::format("[{}]", span.type);
    const size_t begin = starts[static_cast<size_t>(span.begin)];
    redacted += text.substr(copied, begin - copied) + token;
    copied = starts[static_cast<size_t>(span.end)];
    entities.push_back(
        Json{{"value", span.value}, {"replacement_token", token}, {"reason", words_of(span.type)}});
  }
  redacted += text.substr(copied);
  return Json{{"redacted_text", redacted}, {"entities", entities}};
}

void take_row(const Row& row, ImportedPack& pack) {
  const std::string text = row.text("full_text");
  if (trim(text).empty()) row.fail("full_text", "is empty");
  const std::vector<Span> spans = read_spans(row);
  const std::vector<size_t> starts = character_starts(text);
  if (const std::string fault = fault_of(spans, text, starts); !fault.empty()) {
    pack.skipped.push_back({Severity::warning, row.where(), "left out: " + fault});
    return;
  }
  ImportedRow taken;
  taken.row["input"] = text;
  taken.row["output"] = redaction_of(text, spans, starts);
  taken.row["notes"]["entities"] = taken.row["output"]["entities"];
  taken.prompt = text;
  taken.where = row.where();
  // Texts of one template differ in names alone: apart, they would tell the test's answers.
  if (row.has("template_id")) taken.group = row.json("template_id");
  pack.train.push_back(std::move(taken));
}

/// Presidio's synthetic texts with the spans of personal data in them: one JSON array.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  ImportedPack pack;
  for (const Row& row : read_records(source)) take_row(row, pack);
  split_rows(pack, options, source);
  set_redaction(pack);
  pack.description =
      "Take the personal data out of the text: put the type of each piece, in square brackets, in "
      "its place, and list the pieces in their order.";
  pack.licence = "MIT";
  pack.origin = "Presidio research, synthetic data, github.com/microsoft/presidio-research";
  return pack;
}

}  // namespace

Importer presidio_format() {
  return {
      .name = "presidio", .read = read, .options = "--description --licence --seed --test-share"};
}

}  // namespace tuneval
