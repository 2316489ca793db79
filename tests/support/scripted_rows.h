#pragma once

#include "tests/support/scripted_teacher.h"

#include <filesystem>

namespace tuneval::test {

/// Reads a script from JSON. All keys may be left out:
///
///   {"mode": "echo" | "echo_rows",
///    "seed": 1,
///    "rows": 4,          rows in each answer of echo_rows that does not say "Write N new rows"
///    "delay": 0.0,       seconds before each answer
///    "faults": {"429": 0.1, …}}   how often each one happens, from 0 to 1 together
///
/// echo_rows: the JSON objects in the request's texts, or in their part between <examples> and
/// </examples>, are the rows that it shows; of the kind that most of them are (by their keys) new
/// ones are made, as in `vary_row`, and sent as a JSON array.
///
/// Passing faults, of which no request meets more than two: "429" (asks to wait 0 s), "500", "503",
/// "408", "breaks_off". Lasting ones, which the same request always meets: "truncated", "garbage",
/// "says_nothing", "no_choice", "cut_off", "filtered", "400". What happens depends on the seed, the
/// request's body and how often it came. Throws std::runtime_error for a script that is none.
ScriptedTeacher::Script script_from(const nlohmann::json& script);

/// A row like this one: in its longest text most words are others, but for numbers and for words
/// that stand in the row's other texts too, as an answer does in its passage.
nlohmann::ordered_json vary_row(nlohmann::ordered_json row, uint64_t seed);

/// The JSON objects within a text, the outermost ones, in order.
std::vector<nlohmann::ordered_json> objects_in(const std::string& text);

}  // namespace tuneval::test
