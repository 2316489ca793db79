#include "question.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "verdict.h"

namespace {

/// A judge's verdict on a prediction: good is 1, bad is 0, and an answer that is neither leaves the
/// example unscored (verdict.h). An example without a reference is judged by its question alone.
/// From 0 to 1, higher is better.
///
/// Option: instructions, what the judge is told of this task.
class LlmJudge final : public tuneval::Judged {
 public:
  explicit LlmJudge(const tuneval::Config& options) {
    tuneval::check_option_names(options, "llm_judge", {"instructions"});
    instructions_ = tuneval::trim(options.text_or("instructions", ""));
  }

  std::vector<tuneval::Message> question(const tuneval::Example& example,
                                         const tuneval::Prediction& prediction) const override {
    return judge_question(instructions_, example, prediction);
  }

  tuneval::SampleScore read_verdict(std::string_view answer) const override {
    const std::optional<Verdict> verdict = parse_verdict(answer);
    if (!verdict) {
      return tuneval::SampleScore::unscored("the judge's last line is neither good nor bad");
    }
    return tuneval::SampleScore::of(*verdict == Verdict::good ? 1.0 : 0.0);
  }

 private:
  std::string instructions_;
};

}  // namespace

TUNEVAL_PLUGIN("llm_judge", "0.1.0") {
  registry.add_metric("llm_judge", [](const tuneval::Config& options) {
    return std::make_shared<LlmJudge>(options);
  });
}
