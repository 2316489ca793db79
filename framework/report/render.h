#pragma once

#include "framework/report/document.h"

#include <cstddef>
#include <string>

namespace tuneval {

/// What GitHub and GitLab take as a pull request's text or a comment: 65,536 characters.
inline constexpr size_t kMarkdownLimit = 65'536;

/// Aligned tables; ends with a newline. Lines are at most `width` columns wide (0: as wide as they
/// come): sentences are wrapped, names shortened to 12 columns at the least, and what of a table
/// still does not fit stands below it, behind its first column again.
std::string terminal_text(const Document& document, bool colour, size_t width = 0);

/// Markdown under the heading, no longer than `limit` bytes. What is longer loses whole sections:
/// the folded tables first, the last of them first, then the longest sections. Their headings stay,
/// and the section "Left out" at the end names them.
std::string markdown_text(const Document& document, const std::string& heading,
                          size_t limit = kMarkdownLimit);

}  // namespace tuneval
