// A metric that does what no plugin should where an example asks for it.
#include "tuneval/plugin.h"

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

void allocate_without_end() {
  std::vector<std::unique_ptr<char[]>> kept;
  while (true) {
    kept.emplace_back(new char[size_t(256) << 20]);
    kept.back()[0] = 1;
  }
}

struct Faulty final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const std::string& text = example.messages.back().content;
    if (text.find("<crash>") != std::string::npos) std::raise(SIGSEGV);
    if (text.find("<hang>") != std::string::npos) {
      while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    if (text.find("<allocate>") != std::string::npos) allocate_without_end();
    return tuneval::SampleScore::of(prediction.parsed ? 1.0 : 0.0);
  }
};

}  // namespace

TUNEVAL_PLUGIN("faulty", "1") {
  registry.add_metric("faulty", [](const tuneval::Config&) { return std::make_shared<Faulty>(); });
}
