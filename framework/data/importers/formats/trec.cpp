#include "framework/data/importers/support.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// A class under the label that the files use.
struct Label {
  std::string_view code, name, description;
};

constexpr Label kCoarse[] = {
    {"ABBR", "abbreviation", "a short form, or what one stands for"},
    {"DESC", "description", "a definition, a description, a manner or a reason"},
    {"ENTY", "entity", "a thing: an animal, a work, a food, a product, a word, …"},
    {"HUM", "human", "a person, a group, a title, or who somebody was"},
    {"LOC", "location", "a place"},
    {"NUM", "number", "a number: a count, a date, a distance, a price, …"},
};

constexpr Label kFine[] = {
    {"ABBR:abb", "short form", "an abbreviation"},
    {"ABBR:exp", "expansion", "what an abbreviation stands for"},
    {"DESC:def", "definition", "what something is"},
    {"DESC:desc", "description of something", ""},
    {"DESC:manner", "manner", "how something is done"},
    {"DESC:reason", "reason", "why something is so"},
    {"ENTY:animal", "animal", ""},
    {"ENTY:body", "body part", "an organ or another part of a body"},
    {"ENTY:color", "colour", ""},
    {"ENTY:cremat", "creative work", "a book, a film, an invention, …"},
    {"ENTY:currency", "currency", "the name of a currency"},
    {"ENTY:dismed", "disease or medicine", ""},
    {"ENTY:event", "event", ""},
    {"ENTY:food", "food", ""},
    {"ENTY:instru", "musical instrument", ""},
    {"ENTY:lang", "language", ""},
    {"ENTY:letter", "letter", "a letter of the alphabet"},
    {"ENTY:other", "other entity", ""},
    {"ENTY:plant", "plant", ""},
    {"ENTY:product", "product", ""},
    {"ENTY:religion", "religion", ""},
    {"ENTY:sport", "sport", ""},
    {"ENTY:substance", "substance", "an element or another substance"},
    {"ENTY:symbol", "symbol", "a symbol or a sign"},
    {"ENTY:techmeth", "technique or method", ""},
    {"ENTY:termeq", "equivalent term", "another word for the same"},
    {"ENTY:veh", "vehicle", ""},
    {"ENTY:word", "word", "a word with a property that is asked for"},
    {"HUM:gr", "group", "a group or an organisation of people"},
    {"HUM:ind", "person", "one person"},
    {"HUM:title", "title of a person", ""},
    {"HUM:desc", "description of a person", "who somebody was"},
    {"LOC:city", "city", ""},
    {"LOC:country", "country", ""},
    {"LOC:mount", "mountain", ""},
    {"LOC:other", "other place", ""},
    {"LOC:state", "state", "a state or a province"},
    {"NUM:code", "code", "a postcode, a telephone number or another code"},
    {"NUM:count", "count", "how many"},
    {"NUM:date", "date", ""},
    {"NUM:dist", "distance", "a length, a height or a distance"},
    {"NUM:money", "price", "an amount of money"},
    {"NUM:ord", "rank", "a place in an order"},
    {"NUM:other", "other number", ""},
    {"NUM:perc", "percentage", "a percentage or a fraction"},
    {"NUM:period", "period", "how long something lasts, or how old it is"},
    {"NUM:speed", "speed", ""},
    {"NUM:temp", "temperature", ""},
    {"NUM:volsize", "size", "a size, an area or a volume"},
    {"NUM:weight", "weight", ""},
};

std::span<const Label> labels_of(const ImportOptions& options) {
  if (options.labels.empty() || options.labels == "coarse") return kCoarse;
  if (options.labels == "fine") return kFine;
  throw ManifestError(fmt::format("--labels is \"{}\": expected coarse or fine", options.labels));
}

/// Latin-1, the files' encoding, as UTF-8.
std::string from_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | (byte >> 6));
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

/// Reads "COARSE:fine question".
LabelledText read_line(std::string_view line, const std::string& where,
                       std::span<const Label> labels) {
  const size_t colon = line.find(':');
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || colon == std::string_view::npos || colon > space ||
      trim(line.substr(space)).empty()) {
    throw DataError(
        fmt::format("{}: expected a label such as NUM:dist, a space and a question", where));
  }
  // Coarse labels hold no colon.
  const bool coarse = labels.front().code.find(':') == std::string_view::npos;
  const std::string_view code = line.substr(0, coarse ? colon : space);
  const auto label = std::ranges::find(labels, code, &Label::code);
  if (label == labels.end()) {
    throw DataError(fmt::format("{}: the label is \"{}\": expected one of the {} that TREC has",
                                where, from_latin1(code), labels.size()));
  }
  return {from_latin1(trim(line.substr(space))), std::string(label->name), where};
}

std::vector<ImportedRow> read_questions(const std::filesystem::path& file,
                                        std::span<const Label> labels) {
  const std::string text = read_file(file);
  std::vector<LabelledText> rows;
  std::string_view rest = text;
  for (int64_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.empty()) continue;
    const std::string where = fmt::format("{}:{}", file.string(), number);
    if (line.size() > static_cast<size_t>(kLongestRow)) {
      throw DataError(fmt::format("{}: longer than {} bytes", where, kLongestRow));
    }
    rows.push_back(read_line(line, where, labels));
  }
  if (rows.empty()) throw DataError(fmt::format("{}: holds no questions", file.string()));
  return labelled_rows(rows);
}

/// The question classification data of Li and Roth 2002: train_5500.label and TREC_10.label.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  const std::span<const Label> labels = labels_of(options);
  ImportedPack pack;
  pack.task_type = "classification";
  pack.description = "Say what kind of answer the question asks for.";
  pack.origin = "TREC question classification, Li and Roth 2002";
  pack.train = read_questions(source / "train_5500.label", labels);
  pack.test = read_questions(source / "TREC_10.label", labels);
  std::set<std::string> used;
  for (const ImportedRow& row : pack.train) used.insert(row.stratum);
  for (const ImportedRow& row : pack.test) used.insert(row.stratum);
  Json classes = Json::array();
  for (const Label& label : labels) {
    if (!used.contains(std::string(label.name))) continue;
    Json one = {{"name", label.name}};
    if (!label.description.empty()) one["description"] = label.description;
    classes.push_back(std::move(one));
  }
  pack.options["classes"] = std::move(classes);
  return pack;
}

}  // namespace

Importer trec_format() {
  return {.name = "trec", .read = read, .options = "--labels --description --licence"};
}

}  // namespace tuneval
