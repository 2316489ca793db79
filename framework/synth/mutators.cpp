#include "framework/synth/mutators.h"

#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <array>

namespace tuneval {

namespace {

constexpr std::array<std::string_view, 5> kComplexity = {
    "Make them very easy: what decides the answer is said outright.",
    "Make them easy: a moment's thought gives the answer.",
    "Make them of medium difficulty: the answer takes careful reading.",
    "Make them hard: several things must be weighed or put together.",
    "Make them very hard: close to another answer, so that only an expert gets them right.",
};
constexpr std::array<std::string_view, 3> kLength = {
    "Keep them short: no word more than needed.",
    "Make them of middling length.",
    "Make them long: with circumstances and asides around what counts.",
};
constexpr std::array<std::string_view, 4> kSpecificity = {
    "Keep them general: no names, numbers or dates that are not needed.",
    "Put in a detail or two.",
    "Make them specific: with names, numbers and dates.",
    "Make them very specific: an unusual case that hardly any other row would describe.",
};
constexpr std::array kMutators = {
    Mutator{"complexity", kComplexity},
    Mutator{"length", kLength},
    Mutator{"specificity", kSpecificity},
};

}  // namespace

const Mutator& mutator(std::string_view name) {
  for (const Mutator& one : kMutators) {
    if (one.name == name) return one;
  }
  std::vector<std::string> names;
  for (const Mutator& one : kMutators) names.emplace_back(one.name);
  throw ManifestError(
      fmt::format("--mutators: \"{}\" is not known: {}", name, suggestion(name, names)));
}

}  // namespace tuneval
