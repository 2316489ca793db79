#pragma once

#include "tuneval/config.h"

#include <string>
#include <string_view>

/// The "role" of a turn: system, user, assistant or tool.
std::string read_role(const tuneval::Config& turn);

/// What a turn says; empty where its "content" is absent or null. A tool's may be any JSON.
std::string read_content(const tuneval::Config& turn, std::string_view role);
