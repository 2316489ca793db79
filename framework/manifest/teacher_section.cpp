#include "framework/manifest/teacher_section.h"

#include "framework/manifest/toml_table.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <initializer_list>
#include <vector>

namespace tuneval {
namespace {

using Names = std::vector<std::string>;

/// The keys that [teacher] and [judge] share.
const Names kServerKeys = {"base_url",
                           "model",
                           "api_key_env",
                           "temperature",
                           "max_tokens",
                           "concurrency",
                           "requests_per_minute",
                           "tokens_per_minute",
                           "connect_timeout",
                           "timeout",
                           "retries",
                           "input_price",
                           "output_price",
                           "spending_limit",
                           "extra_body"};

/// What of a request's body has a key of its own, or decides how the answer is read.
const Names kOwnFields = {"model", "messages",    "tools",      "stream",
                          "n",     "temperature", "max_tokens", "seed"};

/// Words in the names of keys whose texts are not to be shown.
constexpr std::array kSecretWords = {"key",  "token",      "secret", "passw",
                                     "auth", "credential", "bearer"};

Names with(Names keys, std::initializer_list<const char*> more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

/// The place of a value that may be a secret: an override's place would show it.
std::string secret_place(const toml::node& value, std::string_view path, std::string_view where) {
  const std::string place = where_is(value.source(), where);
  return place.starts_with(kOverridePrefix) ? fmt::format("{}{}", kOverridePrefix, path) : place;
}

/// Whether a key of this name, unless it is one of ours, may well be meant to hold a secret. Counts
/// hold none, however their keys are misspelt.
bool is_of_a_secret(std::string_view name, const toml::node& value) {
  std::string plain;  // "API-Key" as "apikey"
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0) plain += static_cast<char>(std::tolower(c));
  }
  if (plain == "apikey" || plain == "key" || plain == "token") return true;
  const auto holds = [&](const char* word) { return plain.find(word) != plain.npos; };
  return value.is_string() && std::ranges::any_of(kSecretWords, holds);
}

/// `section` is "teacher" or "judge".
void refuse_literal_key(const toml::table& table, std::string_view section, std::string_view where,
                        const Names& known) {
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    const bool ours = std::ranges::find(known, name) != known.end();
    if (ours || !is_of_a_secret(name, value)) continue;
    throw ManifestError(fmt::format(
        "{}: \"{}\" in [{}] holds a key, which belongs in no file: expected \"api_key_env\", the "
        "name of the environment variable that holds it",
        secret_place(value, fmt::format("{}.{}", section, name), where), name, section));
  }
}

bool is_variable_name(const std::string& text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, fits);
}

/// One of the two sections.
class Section {
 public:
  Section(const toml::table& table, std::string_view name, std::string_view where, Names known)
      : raw_(table),
        name_(name),
        table_(checked(table, name, where, known), fmt::format("[{}]", name), where, known) {}

  const TomlTable& table() const { return table_; }

  void read_server(TeacherOptions& options) const {
    options.where = table_.where();
    read_address(options);
    read_model(options);
    read_api_key_env(options);
    table_.read("temperature", options.temperature);
    check_range("temperature", options.temperature, 0.0, 2.0);
    table_.read("max_tokens", options.max_tokens);
    table_.check_at_least("max_tokens", options.max_tokens, 1);
    read_pace(options);
    read_prices(options);
    read_extra_body(options);
  }

  void not_negative(std::string_view key, double value) const {
    if (!(std::isfinite(value) && value >= 0.0)) {
      table_.fail(key, fmt::format("is {}: expected 0 or more", value));
    }
  }

 private:
  /// The table, once no key lies in it: what else is unknown may be named with its value's place.
  static const toml::table& checked(const toml::table& table, std::string_view name,
                                    std::string_view where, const Names& known) {
    refuse_literal_key(table, name, where, known);
    return table;
  }

  /// As TomlTable::fail, for a value that may be a secret.
  [[noreturn]] void fail_hidden(std::string_view key, std::string_view message) const {
    throw ManifestError(
        fmt::format("{}: \"{}\" in [{}] {}",
                    secret_place(*raw_.get(key), fmt::format("{}.{}", name_, key), table_.where()),
                    key, name_, message));
  }

  void read_address(TeacherOptions& options) const {
    if (options.base_url.empty() || table_.has("base_url")) {
      options.base_url = table_.required_text("base_url");
    }
    if (const auto fault = base_url_fault(options.base_url)) fail_hidden("base_url", *fault);
  }

  void read_model(TeacherOptions& options) const {
    if (options.model.empty() || table_.has("model")) {
      options.model = table_.required_text("model");
    }
  }

  void read_api_key_env(TeacherOptions& options) const {
    table_.read("api_key_env", options.api_key_env);
    if (options.api_key_env.empty() || is_variable_name(options.api_key_env)) return;
    fail_hidden("api_key_env",
                "is no name of an environment variable (it is not shown, as it may be a key): "
                "expected letters, digits and underscores, as in \"TEACHER_API_KEY\"");
  }

  void read_pace(TeacherOptions& options) const {
    table_.read("concurrency", options.concurrency);
    if (options.concurrency < 1 || options.concurrency > 256) {
      table_.fail("concurrency",
                  fmt::format("is {}: expected a number from 1 to 256", options.concurrency));
    }
    table_.read("requests_per_minute", options.requests_per_minute);
    table_.check_at_least("requests_per_minute", options.requests_per_minute, 0);
    table_.read("tokens_per_minute", options.tokens_per_minute);
    table_.check_at_least("tokens_per_minute", options.tokens_per_minute, 0);
    table_.read("connect_timeout", options.connect_timeout);
    check_seconds("connect_timeout", options.connect_timeout);
    table_.read("timeout", options.timeout);
    check_seconds("timeout", options.timeout);
    table_.read("retries", options.retries);
    if (options.retries < 0 || options.retries > 100) {
      table_.fail("retries",
                  fmt::format("is {}: expected a number from 0 to 100", options.retries));
    }
  }

  void read_prices(TeacherOptions& options) const {
    table_.read("input_price", options.input_price);
    not_negative("input_price", options.input_price);
    table_.read("output_price", options.output_price);
    not_negative("output_price", options.output_price);
    table_.read("spending_limit", options.spending_limit);
    if (!options.spending_limit) return;
    not_negative("spending_limit", *options.spending_limit);
    if (options.input_price == 0.0 && options.output_price == 0.0) {
      table_.fail("spending_limit",
                  "is set, but neither \"input_price\" nor \"output_price\" is: without a price "
                  "nothing costs anything");
    }
  }

  void read_extra_body(TeacherOptions& options) const {
    table_.read("extra_body", options.extra_body);
    for (const auto& field : options.extra_body.items()) {
      if (std::ranges::find(kOwnFields, field.key()) == kOwnFields.end()) continue;
      table_.fail("extra_body",
                  fmt::format("holds \"{}\", which tuneval writes itself", field.key()));
    }
  }

  void check_range(std::string_view key, double value, double lowest, double highest) const {
    if (!(value >= lowest && value <= highest)) {
      table_.fail(key,
                  fmt::format("is {}: expected a number from {} to {}", value, lowest, highest));
    }
  }

  /// A day at most: beyond, milliseconds may not fit what libcurl takes.
  void check_seconds(std::string_view key, double value) const {
    if (!(value > 0.0 && value <= 86400.0)) {
      table_.fail(key, fmt::format("is {}: expected seconds, above 0 and up to 86400", value));
    }
  }

  const toml::table& raw_;
  std::string name_;
  TomlTable table_;
};

}  // namespace

std::optional<std::string> base_url_fault(const std::string& base_url) {
  const bool safe = base_url.starts_with("https://");
  if (!safe && !base_url.starts_with("http://")) {
    // Shown only where nothing in it can be a password.
    const std::string is = base_url.find('@') == base_url.npos ? fmt::format("is \"{}\"", base_url)
                                                               : "is no address of a server";
    return is + ": expected one that begins with https:// or http://";
  }
  const std::string_view rest = std::string_view(base_url).substr(safe ? 8 : 7);
  if (rest.substr(0, rest.find('/')).find('@') != rest.npos) {
    return "holds a user's name or password: expected the key in the environment variable that "
           "\"api_key_env\" names";
  }
  if (rest.find_first_of("?#") != rest.npos) {
    return "has a query or a fragment: expected an address that \"/chat/completions\" is put "
           "behind, as in \"https://host/v1\"";
  }
  const auto is_odd = [](unsigned char c) { return c <= ' ' || c == 127 || c == '\\'; };
  if (rest.empty() || rest[0] == '/' || std::ranges::any_of(rest, is_odd)) {
    return fmt::format("is \"{}\": expected an address such as \"https://host/v1\"", base_url);
  }
  return std::nullopt;
}

std::string without_end_slashes(std::string base_url) {
  while (base_url.ends_with('/')) base_url.pop_back();
  return base_url;
}

TeacherOptions read_teacher(const toml::table& table, std::string_view where) {
  const Section section(table, "teacher", where, with(kServerKeys, {"score", "shots", "margin"}));
  TeacherOptions options;
  section.read_server(options);
  section.table().read("score", options.score);
  section.table().read("shots", options.shots);
  section.table().check_at_least("shots", options.shots, 0);
  section.table().read("margin", options.margin);
  section.not_negative("margin", options.margin);
  return options;
}

JudgeOptions judge_of(const TeacherOptions& teacher) {
  JudgeOptions judge{teacher};
  judge.server.temperature = 0.0;
  judge.server.score = true;
  judge.server.shots = 0;
  judge.server.margin = 0.0;
  return judge;
}

JudgeOptions read_judge(const toml::table& table, const std::optional<TeacherOptions>& teacher,
                        std::string_view where) {
  const Section section(table, "judge", where, with(kServerKeys, {"repeats"}));
  JudgeOptions judge = judge_of(teacher.value_or(TeacherOptions{}));
  std::string base_url = judge.server.base_url, model = judge.server.model;
  section.table().read("base_url", base_url);
  section.table().read("model", model);
  const bool elsewhere =
      without_end_slashes(base_url) != without_end_slashes(judge.server.base_url);
  if (elsewhere) {
    // A key must not reach a server that it was not given for.
    judge.server.api_key_env.clear();
    judge.server.extra_body = nlohmann::ordered_json::object();
  }
  if (elsewhere || model != judge.server.model) {
    // Prices are a model's own, and a limit means nothing by another's.
    judge.server.input_price = judge.server.output_price = 0.0;
    judge.server.spending_limit.reset();
  }
  section.read_server(judge.server);
  section.table().read("repeats", judge.repeats);
  section.table().check_at_least("repeats", judge.repeats, 1);
  return judge;
}

}  // namespace tuneval
