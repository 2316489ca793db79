#include "fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <vector>

namespace {

using nlohmann::json;

constexpr size_t kLongestName = 200;  // bounds the work on keys that a model made up

class Comparison {
 public:
  Comparison(const Rules& rules, FieldCounts* by_field) : rules_(rules), by_field_(by_field) {}

  const Counts& total() const { return total_; }

  /// Null pointers stand for what is not there. Values of different kinds have nothing in common:
  /// each counts by itself.
  void compare(const json* right, const json* given, const std::string& name) {
    const json *right_object = if_object(right), *given_object = if_object(given);
    if (right_object || given_object) compare_members(right_object, given_object, name);
    const json *right_list = if_list(right), *given_list = if_list(given);
    if (right_list || given_list) compare_lists(right_list, given_list, longer(name, "[]"));
    const json *right_leaf = if_leaf(right), *given_leaf = if_leaf(given);
    if (right_leaf || given_leaf) compare_leaves(right_leaf, given_leaf, name);
  }

 private:
  static const json* if_object(const json* value) {
    return value && value->is_object() ? value : nullptr;
  }
  static const json* if_list(const json* value) {
    return value && value->is_array() ? value : nullptr;
  }
  static const json* if_leaf(const json* value) {
    return value && value->is_primitive() && !value->is_null() ? value : nullptr;
  }

  static const json* member(const json* object, const std::string& key) {
    if (!object) return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &*found;
  }

  static std::string longer(const std::string& name, const std::string& part) {
    const bool fits = name != kLongNames && name.size() + part.size() <= kLongestName;
    return fits ? name + part : kLongNames;
  }

  void compare_members(const json* right, const json* given, const std::string& name) {
    const auto child = [&](const std::string& key) {
      return name.empty() ? longer(name, key) : longer(longer(name, "."), key);
    };
    if (right) {
      for (const auto& [key, value] : right->items()) {
        compare(&value, member(given, key), child(key));
      }
    }
    if (!given) return;
    for (const auto& [key, value] : given->items()) {
      if (!member(right, key)) compare(nullptr, &value, child(key));
    }
  }

  void compare_lists(const json* right, const json* given, const std::string& name) {
    if (!rules_.ordered_lists) {
      const std::vector<std::string> expected = leaves(right), found = leaves(given);
      std::vector<std::string> common;
      std::ranges::set_intersection(expected, found, std::back_inserter(common));
      return add(name, {double(common.size()), double(found.size()), double(expected.size())});
    }
    const size_t right_size = right ? right->size() : 0, given_size = given ? given->size() : 0;
    for (size_t i = 0; i < std::max(right_size, given_size); ++i) {
      compare(i < right_size ? &(*right)[i] : nullptr, i < given_size ? &(*given)[i] : nullptr,
              name);
    }
  }

  /// A list's elements as texts, sorted.
  std::vector<std::string> leaves(const json* list) const {
    std::vector<std::string> texts;
    if (!list) return texts;
    for (const json& element : *list) {
      if (std::string text = canonical(element, rules_); !text.empty()) {
        texts.push_back(std::move(text));
      }
    }
    std::ranges::sort(texts);
    return texts;
  }

  void compare_leaves(const json* right, const json* given, const std::string& name) {
    const bool hit = right && given && canonical(*right, rules_) == canonical(*given, rules_);
    add(name, {hit ? 1.0 : 0.0, given ? 1.0 : 0.0, right ? 1.0 : 0.0});
  }

  void add(const std::string& name, const Counts& counts) {
    if (counts.given + counts.expected == 0) return;
    total_ += counts;
    if (by_field_) (*by_field_)[name.empty() ? kWhole : name] += counts;
  }

  Rules rules_;
  FieldCounts* by_field_;
  Counts total_;
};

}  // namespace

Counts compare(const json& right, const json& given, const Rules& rules, FieldCounts* by_field) {
  Comparison comparison(rules, by_field);
  comparison.compare(&right, &given, "");
  return comparison.total();
}
