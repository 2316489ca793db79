#include "framework/report/example_blocks.h"

#include "framework/record/json_object.h"
#include "framework/report/prompt_frame.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// One score's rows on their way into blocks.
struct Source {
  const StagePredictions* stage = nullptr;
  PromptFrame frame;
  std::vector<std::string> metrics;
  size_t next = 0;  ///< the first row not yet packed

  /// The row of that index, if there is one. Indexes are asked for in rising order.
  const PredictionRow* take(int64_t index) {
    const std::vector<PredictionRow>& rows = stage->rows;
    while (next < rows.size() && rows[next].index < index) ++next;
    return next < rows.size() && rows[next].index == index ? &rows[next++] : nullptr;
  }
};

/// File and line; the folder is the machine's own business.
std::string_view file_and_line(std::string_view where) {
  return where.substr(where.find_last_of('/') + 1);
}

Json score_json(const PredictionRow& row, const std::string& metric) {
  for (const auto& [name, score] : row.scores) {
    if (name == metric) return score.scored ? json_number(score.value) : Json(score.reason);
  }
  return nullptr;
}

class Block {
 public:
  explicit Block(const std::vector<Source>& sources) {
    for (const Source& source : sources) {
      Json scores = Json::array();
      for (size_t i = 0; i < source.metrics.size(); ++i) scores.push_back(Json::array());
      stages_.push_back({{"prompt", Json::array()},
                         {"completion", Json::array()},
                         {"prediction", Json::array()},
                         {"parsed", ""},
                         {"stop", ""},
                         {"scores", scores}});
    }
  }

  void add(int64_t index, std::vector<Source>& sources) {
    const PredictionRow* any = nullptr;
    for (size_t i = 0; i < sources.size(); ++i) {
      const PredictionRow* row = sources[i].take(index);
      add(stages_[i], sources[i], row);
      if (!any) any = row;
    }
    index_.push_back(index);
    where_.push_back(file_and_line(any->where));
    Json references = Json::array();
    for (const std::string& reference : any->references) references.push_back(place(reference));
    references_.push_back(std::move(references));
  }

  size_t rows() const { return index_.size(); }
  size_t bytes() const { return bytes_; }

  std::string text() && {
    const Json json = {{"texts", std::move(texts_)},
                       {"index", std::move(index_)},
                       {"where", std::move(where_)},
                       {"references", std::move(references_)},
                       {"stages", std::move(stages_)}};
    return json_text(json, -1);
  }

 private:
  void add(Json& stage, const Source& source, const PredictionRow* row) {
    constexpr size_t kNumbers = 24;  // about what a row adds beside its texts
    bytes_ += kNumbers;
    stage["prompt"].push_back(row ? place(own_part(source.frame, row->prompt)) : -1);
    stage["completion"].push_back(row ? place(row->completion) : -1);
    stage["prediction"].push_back(row ? place(row->prediction) : -1);
    stage["parsed"].get_ref<std::string&>() += row && row->parsed ? '1' : '0';
    stage["stop"].get_ref<std::string&>() += row && !row->stop.empty() ? row->stop[0] : '-';
    for (size_t i = 0; i < source.metrics.size(); ++i) {
      stage["scores"][i].push_back(row ? score_json(*row, source.metrics[i]) : Json(nullptr));
    }
  }

  /// The text's place in `texts`.
  int64_t place(std::string_view text) {
    const auto [found, fresh] =
        places_.try_emplace(std::string(text), static_cast<int64_t>(texts_.size()));
    if (fresh) {
      texts_.push_back(found->first);
      bytes_ += text.size() + 3;
    }
    return found->second;
  }

  Json texts_ = Json::array(), index_ = Json::array(), where_ = Json::array();
  Json references_ = Json::array(), stages_ = Json::array();
  std::unordered_map<std::string, int64_t> places_;
  size_t bytes_ = 0;
};

std::vector<Source> sources_of(const TaskPredictions& predictions) {
  std::vector<Source> sources;
  for (const StagePredictions& stage : predictions.stages) {
    Source source{&stage, frame_of(stage.rows), {}, 0};
    if (!stage.rows.empty()) {
      for (const auto& [metric, score] : stage.rows[0].scores) source.metrics.push_back(metric);
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

Json head_of(const TaskPredictions& predictions, const std::vector<Source>& sources) {
  Json head = {{"task", predictions.task}, {"rows", 0}, {"blocks", Json::array()}};
  head["stages"] = Json::array();
  for (const Source& source : sources) {
    head["stages"].push_back({{"id", source.stage->id},
                              {"model", source.stage->model},
                              {"stage", to_string(source.stage->stage)},
                              {"metrics", source.metrics},
                              {"before", source.frame.before},
                              {"after", source.frame.after}});
  }
  return head;
}

}  // namespace

PackedExamples pack_examples(const TaskPredictions& predictions, size_t block_bytes) {
  std::vector<Source> sources = sources_of(predictions);
  std::set<int64_t> indexes;
  for (const StagePredictions& stage : predictions.stages) {
    for (const PredictionRow& row : stage.rows) indexes.insert(row.index);
  }
  PackedExamples packed{head_of(predictions, sources), {}};
  packed.head["rows"] = indexes.size();
  Block block(sources);
  const auto finish = [&] {
    packed.head["blocks"].push_back(block.rows());
    packed.blocks.push_back(std::move(block).text());
    block = Block(sources);
  };
  for (const int64_t index : indexes) {
    block.add(index, sources);
    if (block.bytes() >= block_bytes) finish();
  }
  if (block.rows() > 0) finish();
  return packed;
}

}  // namespace tuneval
