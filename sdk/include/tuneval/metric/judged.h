#pragma once

#include "tuneval/metric/metric.h"

#include <string_view>
#include <vector>

namespace tuneval {

/// A metric by the verdict of another model, the judge. The metric says what the judge is asked and
/// what its answer is worth; the host, which alone knows where a judge is reached, asks it.
///
/// The judge is asked of parsed predictions only. One that was not parsed gets the worst value.
class TUNEVAL_API Judged : public Metric {
 public:
  ~Judged() override;

  /// What the judge is asked of a parsed prediction: a conversation that ends with a user's turn.
  /// A prediction is another model's text: it must not be able to pass for instructions.
  virtual std::vector<Message> question(const Example& example,
                                        const Prediction& prediction) const = 0;
  /// What the judge's answer is worth, in [lowest(), highest()]; unscored, with the reason, where
  /// it holds no verdict. Any text is survived.
  virtual SampleScore read_verdict(std::string_view answer) const = 0;

  /// The score where no judge can be asked: there is none.
  SampleScore score(const Example& example, const Prediction& prediction) const override;
};

}  // namespace tuneval
