#include "framework/data/fold.h"
#include "framework/synth/validators.h"

#include <fmt/format.h>

#include <unordered_map>

namespace tuneval {

namespace {

/// Prompts, whitespace aside, and where each stands first.
class Prompts {
 public:
  void add(const Example& example, const std::string& where) {
    where_.try_emplace(fold_prompt(example), where);
  }
  /// Empty where there is none.
  std::string find(const Example& example) const {
    const auto found = where_.find(fold_prompt(example));
    return found == where_.end() ? std::string() : found->second;
  }

 private:
  std::unordered_map<std::string, std::string> where_;
};

std::string percent_like(const LikenessIndex::Found& found) {
  return fmt::format("it is {:.0f} % like {} (ROUGE-L)", 100 * found.similarity, found.where);
}

/// What a row asks last, with all that came before, must be unlike any turn of the test split; and
/// none of its turns may be a test row's last, whose answer would then be trained on. A first turn
/// alone may be that of a test conversation: "Good morning" is nobody's.
class TestLeak final : public Validator {
 public:
  TestLeak(const SynthTask& task, const SynthOptions& options) : index_(options.leak_similarity) {
    const LikenessReader reader(task, options.mode == SynthMode::passages);
    for (const ReadRow& row : task.test) {
      for (const Example& example : row.examples) prompts_.add(example, row.where);
      last_.add(row.examples.back(), row.where);
      index_.add(reader.of(row.examples), row.where);
    }
  }

  std::string_view name() const override { return "test-leak"; }
  bool is_of_input() const override { return true; }
  std::string fault(Candidate& row) override {
    std::string same = prompts_.find(row.examples.back());
    for (const Example& example : row.examples) {
      if (same.empty()) same = last_.find(example);
    }
    if (!same.empty()) return fmt::format("it asks the same as {}", same);
    const auto near = index_.find(row.likeness);
    return near ? percent_like(*near) : "";
  }

 private:
  Prompts prompts_, last_;  // of all turns, and of each row's last
  LikenessIndex index_;
};

class Duplicate final : public Validator {
 public:
  explicit Duplicate(const SynthTask& task) {
    for (const ReadRow& row : task.seeds) prompts_.add(row.examples.back(), row.where);
  }

  std::string_view name() const override { return "duplicate"; }
  bool is_of_input() const override { return true; }
  std::string fault(Candidate& row) override {
    const std::string same = prompts_.find(row.examples.back());
    return same.empty() ? "" : fmt::format("it asks the same as {}", same);
  }
  void accept(const Candidate& row) override { prompts_.add(row.examples.back(), row.where); }

 private:
  Prompts prompts_;
};

class Similar final : public Validator {
 public:
  Similar(const SynthTask& task, const SynthOptions& options) : index_(options.similarity) {
    const LikenessReader reader(task, options.mode == SynthMode::passages);
    for (const ReadRow& row : task.seeds) index_.add(reader.of(row.examples), row.where);
  }

  std::string_view name() const override { return "similar"; }
  bool is_of_input() const override { return true; }
  std::string fault(Candidate& row) override {
    const auto near = index_.find(row.likeness);
    return near ? percent_like(*near) : "";
  }
  void accept(const Candidate& row) override { index_.add(row.likeness, row.where); }

 private:
  LikenessIndex index_;
};

}  // namespace

void add_repeat_validators(const SynthTask& task, const SynthOptions& options, Cascade& cascade) {
  cascade.push_back(std::make_unique<TestLeak>(task, options));
  cascade.push_back(std::make_unique<Duplicate>(task));
  cascade.push_back(std::make_unique<Similar>(task, options));
}

}  // namespace tuneval
