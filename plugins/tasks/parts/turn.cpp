#include "parts/turn.h"

#include "tuneval/metric/text.h"

#include <algorithm>
#include <array>

using tuneval::Config;

namespace {

constexpr std::array<std::string_view, 4> kRoles = {"system", "user", "assistant", "tool"};

}  // namespace

std::string read_role(const Config& turn) {
  std::string role = turn.text("role");
  if (std::ranges::find(kRoles, role) == kRoles.end()) {
    turn.fail("role", "is \"" + role + "\": expected " + tuneval::listed(kRoles));
  }
  return role;
}

std::string read_content(const Config& turn, std::string_view role) {
  if (!turn.has("content")) return {};
  if (role == "tool" && !turn.is_text("content")) return turn.json("content");
  return turn.text("content");
}
