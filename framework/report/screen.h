#pragma once

#include "framework/report/tone.h"

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Whether colours suit `stream`: a terminal that can show them, and NO_COLOR not set.
bool wants_colour(std::FILE* stream);

/// How many columns the terminal behind `stream` has: the variable COLUMNS where it is a number
/// above 0, else what the terminal itself says. 0, no limit, where there is no terminal.
size_t screen_width(std::FILE* stream);

/// Names and errors come from files: control characters, of C1 too, become spaces, so that none
/// steers the terminal.
std::string harmless(std::string_view text);

/// Columns on the screen; wide characters count two.
size_t display_width(std::string_view text);

/// The text itself where it is no wider than `width` columns, else its beginning and "…".
std::string fitted(const std::string& text, size_t width);

/// The text's words in lines of at most `width` columns; a wider word has a line for itself.
/// `width` 0: one line, as it stands.
std::vector<std::string> wrapped(const std::string& text, size_t width);

/// In the tone's colour by ANSI's "select graphic rendition"; Tone::plain adds nothing.
std::string painted(const std::string& text, Tone tone);
/// In bold.
std::string emphasised(const std::string& text);

}  // namespace tuneval
