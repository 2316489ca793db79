#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tuneval {

/// The page's own files, part of the program (cmake/ReportPage.cmake).
struct PageParts {
  std::string_view page;     ///< framework/report/html/page.html
  std::string_view style;    ///< all its style sheets
  std::string_view charts;   ///< the charting library, a classic script
  std::string_view program;  ///< all its modules, joined into one
  std::string_view charts_name;
};
const PageParts& page_parts();

/// Replaces each @NAME@ of the text by what `values` has for NAME, once: what is put in is not
/// looked through. Throws RecordError for a name that is not there.
std::string filled_in(std::string_view text,
                      std::span<const std::pair<std::string_view, std::string_view>> values);

/// The page with that data (json_for_html) and those examples (elements), under a policy that
/// allows its own style and its own two scripts, by their hashes, and nothing else.
std::string make_page(std::string_view data, std::string_view examples);

}  // namespace tuneval
