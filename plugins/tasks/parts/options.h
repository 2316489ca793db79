#pragma once

#include "tuneval/task/example.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The option "max_new_tokens".
int64_t read_token_limit(const tuneval::Config& options, int64_t otherwise);

/// A string of a row that has more than whitespace in it.
std::string read_filled(const tuneval::Row& row, std::string_view key);

/// What every row may bring beside its task's own keys: "group", the name of the conversation or
/// document that several rows come from, and "notes", an object for metrics.
void read_extras(const tuneval::Row& row, tuneval::Example& example);

/// The messages of a review, of which a few tell as much as thousands.
class Findings {
 public:
  void add(std::string message);
  /// The first messages, and one that counts the others.
  std::vector<std::string> take();

 private:
  std::vector<std::string> messages_;
  size_t left_out_ = 0;
};
