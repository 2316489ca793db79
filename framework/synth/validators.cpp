#include "framework/synth/validators.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuneval {

namespace {

class Balanced final : public Validator {
 public:
  explicit Balanced(Balance& balance) : balance_(balance) {}

  std::string_view name() const override { return "balance"; }
  std::string fault(Candidate& row) override {
    if (!balance_.full(row.kinds)) return {};
    return fmt::format("there are enough rows of {}", fmt::join(row.kinds, ", "));
  }
  void accept(const Candidate& row) override { balance_.add(row.kinds); }

 private:
  Balance& balance_;
};

class Wanted final : public Validator {
 public:
  explicit Wanted(Planner& planner) : planner_(planner) {}

  std::string_view name() const override { return "surplus"; }
  std::string fault(Candidate& row) override {
    return planner_.needs(*row.ask, row.input) ? "" : "all rows that were wanted are there";
  }
  void accept(const Candidate& row) override { planner_.take(*row.ask, row.input); }

 private:
  Planner& planner_;
};

}  // namespace

Cascade make_cascade(const SynthTask& task, const SynthOptions& options, Planner& planner,
                     Balance& balance) {
  Cascade cascade;
  add_form_validators(task, options, cascade);
  add_repeat_validators(task, options, cascade);
  if (options.mode == SynthMode::rows) cascade.push_back(std::make_unique<Balanced>(balance));
  cascade.push_back(std::make_unique<Wanted>(planner));
  return cascade;
}

}  // namespace tuneval
