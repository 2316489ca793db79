#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace tuneval {

/// A function's parameters as JSON Schema: the leaderboard writes types as Python has them (dict,
/// float, tuple, any). An unknown type throws DataError beginning with `where`.
nlohmann::ordered_json bfcl_schema(nlohmann::ordered_json schema, const std::string& where);

/// One right call's arguments, of the accepted values of each: the first, and where that is "",
/// which stands for leaving it out, the argument is left out unless `parameters` requires it.
nlohmann::ordered_json bfcl_arguments(const nlohmann::ordered_json& accepted,
                                      const nlohmann::ordered_json& parameters,
                                      const std::string& where);

}  // namespace tuneval
