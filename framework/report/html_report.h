#pragma once

#include "framework/record/store.h"
#include "framework/summary/summary.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

struct HtmlOptions {
  /// Bytes of examples, packed, that the page may hold. Browsers open a page of that size; tasks
  /// whose examples would go past it get a file each beside the page.
  size_t most_example_bytes = 128 * 1024 * 1024;
};

struct HtmlReport {
  std::string page;
  std::vector<std::pair<std::string, std::string>> files;  ///< name beside the page, content
};

/// report.html: the summary as charts and tables, with every example that the run folder still has.
/// Of its records those count that the summary names.
HtmlReport html_report(const Summary& summary, const RecordStore& store,
                       const HtmlOptions& options = {});

}  // namespace tuneval
