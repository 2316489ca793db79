#pragma once

#include "framework/serve/api_error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tuneval::serve {

/// The first thing that is wrong with a request; what comes after it is not told.
class Problem {
 public:
  void note(std::string param, std::string message);
  bool any() const { return error_.has_value(); }
  std::optional<ApiError> take() { return std::move(error_); }

 private:
  std::optional<ApiError> error_;
};

/// Reads a JSON object of a request. A key that is absent, or null, is nothing; so is a value of
/// another type or out of its range, which is noted as a problem.
class Fields {
 public:
  using Json = nlohmann::ordered_json;

  /// `path` of the object in the request, "" for the whole.
  Fields(const Json& object, std::string path, Problem& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::optional<std::string> text(std::string_view key) const;
  std::optional<int64_t> integer(std::string_view key, int64_t least, int64_t most) const;
  std::optional<double> number(std::string_view key, double least, double most) const;
  bool flag(std::string_view key) const;           ///< false where absent
  const Json* object(std::string_view key) const;  ///< null where absent
  const Json* array(std::string_view key) const;   ///< null where absent
  const Json* any(std::string_view key) const { return find(key); }

  std::string path_of(std::string_view key) const;
  /// Notes that the value of a key is not what was expected, or is missing.
  void wrong(std::string_view key, std::string_view expected) const;
  void refuse(std::string_view key, std::string_view why) const;
  Problem& problem() const { return problem_; }

 private:
  const Json* find(std::string_view key) const;

  const Json& object_;
  std::string path_;
  Problem& problem_;
};

}  // namespace tuneval::serve
