#include "framework/report/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace tuneval {
namespace {

const char* const kReset = "\033[0m";

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::good: return "\033[32m";
    case Tone::bad: return "\033[31m";
    case Tone::faint: return "\033[2m";
  }
  return "";
}

/// Bytes of the UTF-8 character that begins with this byte; 1 for what begins none.
size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

/// U+0080 to U+009F, as UTF-8: some terminals take them for ESC sequences.
bool is_c1_control(std::string_view text, size_t at) {
  return text[at] == '\xc2' && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) >= 0x80 &&
         static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

}  // namespace

size_t screen_width(std::FILE* stream) {
  if (const char* columns = std::getenv("COLUMNS")) {
    const std::string_view text(columns);
    size_t width = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error == std::errc() && end == text.data() + text.size() && width > 0) return width;
  }
  winsize size{};
  return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool wants_colour(std::FILE* stream) {
  // no-color.org: any value but the empty one says no
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour && *no_colour) return false;
  if (!terminal || std::string_view(terminal) == "dumb") return false;
  return ::isatty(::fileno(stream)) == 1;
}

std::string harmless(std::string_view text) {
  std::string safe;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_c1_control(text, i)) {
      safe += ' ';
      ++i;
    } else {
      safe += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
    }
  }
  return safe;
}

size_t display_width(std::string_view text) {
  // fmt pads by display width, which tells the width: padded to as many columns as bytes, a text
  // grows by the difference.
  const size_t padded = fmt::formatted_size("{:<{}}", text, text.size());
  return 2 * text.size() - padded;
}

std::string fitted(const std::string& text, size_t width) {
  if (display_width(text) <= width) return text;
  if (width == 0) return {};
  size_t end = 0, used = 1;  // the "…"
  while (end < text.size()) {
    const size_t length = length_of(text[end]);
    used += display_width(std::string_view(text).substr(end, length));
    if (used > width) break;
    end += length;
  }
  return text.substr(0, end) + "…";
}

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  if (width == 0 || display_width(text) <= width) return {text};
  std::vector<std::string> lines;
  std::string line;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  lines.push_back(std::move(line));
  return lines;
}

std::string painted(const std::string& text, Tone tone) {
  if (tone == Tone::plain) return text;
  return fmt::format("{}{}{}", code(tone), text, kReset);
}

std::string emphasised(const std::string& text) { return fmt::format("\033[1m{}{}", text, kReset); }

}  // namespace tuneval
