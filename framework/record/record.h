#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuneval {

/// What a cell scores: a model of the manifest, before tuning and after, or what models are
/// compared with.
enum class CellKind {
  model,
  teacher,    ///< a large model behind a server, asked as the models are
  majority,   ///< the most frequent training answer, given to everything
  nearest,    ///< the answer of the training example that is most like the question
  seed_only,  ///< a model tuned on the pack's seed rows alone
};
std::string_view to_string(CellKind kind);  ///< "model", …, "seed_only"
/// None for a name that none of them has.
std::optional<CellKind> cell_kind(std::string_view name);

/// Before tuning, or after.
enum class Stage { base, tuned };
std::string_view to_string(Stage stage);  ///< "base" or "tuned"

/// One metric over one test split.
struct MetricValue {
  std::string name;
  double value = 0.0;    ///< 0 when nothing was scored
  int64_t scored = 0;    ///< examples that count
  int64_t unscored = 0;  ///< examples left out
  bool higher_is_better = true;
  double lowest = 0.0, highest = 1.0;
  std::vector<std::pair<std::string, double>> details = {};  ///< figures behind the value, in order
  /// The model that gave the verdicts, where another one judges; else empty.
  std::string judge = {};

  bool operator==(const MetricValue&) const = default;
};

/// What scoring one model on one test split gave.
struct ScoreSummary {
  std::vector<MetricValue> metrics;  ///< the first is the headline; never empty in a record
  int64_t examples = 0;
  int64_t parsed = 0;         ///< completions of the form the task asks for
  int64_t prompt_tokens = 0;  ///< as if each row were computed alone
  /// Prompt tokens computed in fact: shared ones once. Where answers are ranked, theirs too.
  int64_t computed_tokens = 0;
  int64_t new_tokens = 0;  ///< generated; none where answers are ranked
  double seconds = 0.0;
  bool constrained = false;  ///< whether completions could not but have the form asked for
  bool ranked = false;       ///< whether they are the likeliest of the task's answers
  int64_t shots = 0;         ///< answered examples that stood before each prompt
  /// Of the whole machine meanwhile; none where it does not tell.
  std::optional<double> energy_joules = {};

  bool operator==(const ScoreSummary&) const = default;
};

struct TuneStep {
  int64_t step = 0;  ///< from 1
  double loss = 0.0;
  double learning_rate = 0.0;
  double grad_norm = 0.0;  ///< before clipping

  bool operator==(const TuneStep&) const = default;
};

/// A point of the learning curve: the end of an epoch.
struct TuneEpoch {
  int64_t epoch = 0;                      ///< from 1
  int64_t step = 0;                       ///< its last one
  double loss = 0.0;                      ///< mean over its steps
  std::optional<double> validation_loss;  ///< none where nothing was validated at that step
  /// The headline metric over the rows held out, where the manifest asks for it.
  std::optional<double> score;

  bool operator==(const TuneEpoch&) const = default;
};

/// What tuning gave.
struct TuneSummary {
  int64_t steps = 0;
  int64_t epochs = 0;
  int64_t examples = 0;         ///< of one epoch, without those held out
  int64_t tokens = 0;           ///< seen over all epochs, as if each row were computed alone
  int64_t computed_tokens = 0;  ///< computed in fact
  int64_t trained_parameters = 0;
  double final_loss = 0.0;                ///< of the last step
  int64_t best_step = 0;                  ///< whose weights were kept; the last without validation
  std::optional<double> validation_loss;  ///< at best_step; none without a validation split
  std::vector<TuneStep> curve;            ///< every step, or some of a long run
  double seconds = 0.0;
  std::string adapter;  ///< folder relative to the run folder; empty when nothing was kept
  std::vector<TuneEpoch> learning_curve = {};  ///< empty in records older than it
  std::optional<int64_t> adapter_bytes = {};   ///< on the disk; none where none is kept
  /// Of the whole machine, in the process that ended tuning; none where it does not tell.
  std::optional<double> energy_joules = {};

  bool operator==(const TuneSummary&) const = default;
};

/// How far logits on sample rows lie from those of the live adapter, by which the tuned model was
/// scored. Differences are the largest one divided by the largest logit.
struct LogitParity {
  int64_t rows = 0, positions = 0;
  double largest_logit = 0.0;
  double reloaded = 0.0;          ///< the adapter as it was saved, read back
  std::optional<double> merged;   ///< merged into float32 weights; none computed in another format
  std::optional<double> rounded;  ///< merged and rounded to a 16-bit format, where the checkpoint
                                  ///< or the computation has one
  std::optional<int64_t> same_choice;  ///< with `rounded`: positions whose likeliest token stays

  bool operator==(const LogitParity&) const = default;
};

/// That training, scoring and what is saved are one: differences past their bounds fail the cell.
struct Parity {
  int64_t token_rows = 0;  ///< rows whose prompt ids in training and in scoring are the same
  /// Whether greedy completions are promised to be the same in every batch and every order.
  bool order_independent = false;
  std::optional<LogitParity> logits;  ///< none where no adapter is kept

  bool operator==(const Parity&) const = default;
};

/// Of a cell that has no model, `name` is what tables call it, `model_type` its kind; `path` is the
/// teacher's model, as its server calls it.
struct ModelFacts {
  std::string name, path, model_type;
  int64_t parameters = 0;
  std::string hash;  ///< of the checkpoint's files

  bool operator==(const ModelFacts&) const = default;
};

struct TaskFacts {
  std::string name, pack, task_type;
  std::string hash;                       ///< of the pack's content
  int64_t train_rows = 0, test_rows = 0;  ///< after the limits
  std::string licence;
  /// What the manifest set in place of the pack's own options; an object, maybe empty.
  nlohmann::ordered_json options = nlohmann::ordered_json::object();

  bool operator==(const TaskFacts&) const = default;
};

struct Versions {
  std::string tuneval, libtorch;
  std::map<std::string, std::string> plugins;  ///< name to version, of those that the cell used

  bool operator==(const Versions&) const = default;
};

/// That stored completions were scored again, after the run.
struct RescoreMark {
  std::string at;                              ///< UTC, the last time
  std::vector<std::string> metrics;            ///< of any time
  std::string tuneval;                         ///< version
  std::map<std::string, std::string> plugins;  ///< name to version, of those that it used

  bool operator==(const RescoreMark&) const = default;
};

/// Why a cell failed: the error's class ("TuneError") and its message.
struct CellError {
  std::string kind, message;

  bool operator==(const CellError&) const = default;
};

/// All that later stages know of one cell. What is not a model's has `base` alone; a seed-only one,
/// one of the band and one of a later seed have `tune`, `parity` and `tuned`: what they would show
/// before tuning is the base score of their model's first cell on the task.
struct CellRecord {
  static constexpr int64_t kSchemaVersion = 1;

  int64_t schema_version = kSchemaVersion;
  std::string id;
  std::string status = "done";     ///< "done" or "failed"
  std::optional<CellError> error;  ///< there exactly when failed
  CellKind kind = CellKind::model;
  ModelFacts model;
  TaskFacts task;
  /// [tuning]; of a teacher how it was asked; else empty.
  nlohmann::ordered_json recipe = nlohmann::ordered_json::object();
  uint64_t seed = 0;
  Versions versions;
  std::string device, dtype;
  std::optional<ScoreSummary> base;
  std::optional<TuneSummary> tune;
  std::optional<Parity> parity;  ///< none in records that were written before there was one
  std::optional<ScoreSummary> tuned;
  std::string started, finished;  ///< UTC, "2026-03-16T20:46:16Z"
  double seconds = 0.0;
  int64_t peak_memory_bytes = 0;
  /// Whether its learning rate is one of the manifest's band, not the recipe's own.
  bool band = false;
  /// Of the whole machine while the cell ran; none where it does not tell.
  std::optional<double> energy_joules = {};
  std::optional<RescoreMark> rescored;  ///< none where scores are those of the run

  bool done() const { return status == "done"; }
  bool operator==(const CellRecord&) const = default;
};

/// All keys in a fixed order. A number that is not finite is written as the text "NaN", "Infinity"
/// or "-Infinity", which JSON's numbers lack.
nlohmann::ordered_json to_json(const CellRecord& record);

/// Reads strictly: a missing or unknown key, a wrong type, another schema version or an unknown
/// status throws RecordError, e.g. `records/a.json: "tune.steps" is "many": expected an integer`.
CellRecord record_from_json(const nlohmann::ordered_json& json, std::string_view where);
/// The same from text.
CellRecord parse_record(std::string_view text, std::string_view where);

/// This moment as CellRecord's times are written.
std::string utc_now();

}  // namespace tuneval
