#include "framework/report/html_report.h"

#include "framework/report/example_blocks.h"
#include "framework/report/packed.h"
#include "framework/report/page.h"
#include "framework/report/report_data.h"
#include "framework/report/report_statistics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

class Writer {
 public:
  Writer(const RecordStore& store, const HtmlOptions& options)
      : store_(store), options_(options), records_(store.read_all().records) {}

  HtmlReport write(const Summary& summary) {
    Json data = report_data(summary, records_);
    std::vector<std::string> faults;
    for (const TaskSummary& task : summary.tasks) {
      // One task at a time: predictions are the bulk of a run folder.
      const TaskPredictions predictions = read_task_predictions(task, store_, faults);
      add_statistics(data["cells"], predictions);
      if (!predictions.stages.empty()) data["examples"].push_back(add_examples(predictions));
    }
    data["faults"] = faults;
    report_.page = make_page(json_for_html(data), elements_);
    return std::move(report_);
  }

 private:
  void add_statistics(Json& cells, const TaskPredictions& predictions) const {
    for (const StagePredictions& stage : predictions.stages) {
      const auto record = std::ranges::find(records_, stage.id, &CellRecord::id);
      if (record == records_.end() || cells.contains(stage.id)) continue;
      cells[stage.id] = cell_statistics(*record, predictions);
    }
  }

  /// The examples' head; their blocks go into the page, or into a file where it has no room.
  Json add_examples(const TaskPredictions& predictions) {
    PackedExamples examples = pack_examples(predictions);
    size_t bytes = 0;
    for (std::string& block : examples.blocks) {
      block = base64(gzip(block));
      bytes += block.size();
    }
    const size_t number = number_++;
    examples.head["file"] = nullptr;
    if (elements_.size() + bytes > options_.most_example_bytes) {
      const std::string name = fmt::format("report-examples-{}.txt", number);
      report_.files.emplace_back(name, fmt::format("{}\n", fmt::join(examples.blocks, "\n")));
      examples.head["file"] = name;
      return examples.head;
    }
    for (size_t i = 0; i < examples.blocks.size(); ++i) {
      elements_ += fmt::format("<script type=\"text/plain\" id=\"examples-{}-{}\">{}</script>\n",
                               number, i, examples.blocks[i]);
    }
    return examples.head;
  }

  const RecordStore& store_;
  const HtmlOptions& options_;
  std::vector<CellRecord> records_;
  std::string elements_;
  size_t number_ = 0;
  HtmlReport report_;
};

}  // namespace

HtmlReport html_report(const Summary& summary, const RecordStore& store,
                       const HtmlOptions& options) {
  return Writer(store, options).write(summary);
}

}  // namespace tuneval
