#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// The rows that a reply holds.
struct ReplyRows {
  std::vector<nlohmann::ordered_json> rows;  ///< objects
  /// What could not be read: a row that is not JSON or was cut off, with its text; a reply without
  /// any row.
  struct Fault {
    std::string message, text;
  };
  std::vector<Fault> faults;
};

/// Reads a teacher's reply: a JSON array of objects, as was asked; also such inside a fence or
/// between other words, objects one after the other, and an object with one key that holds the
/// array. Reasoning before "</think>" is passed over. What stands behind a cut-off row is lost, the
/// rows before it are not. Any text is survived, in time linear in its length.
ReplyRows read_reply_rows(std::string_view text);

}  // namespace tuneval
