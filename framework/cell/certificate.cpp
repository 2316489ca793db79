#include "framework/cell/certificate.h"

#include "framework/cell/sample_logits.h"
#include "framework/generate/generate.h"
#include "framework/model/checkpoint.h"
#include "framework/model/mapped_file.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tuneval {

namespace {

// Rows of either split whose token ids are compared.
constexpr size_t kTokenRows = 64;

int64_t check_rows(const ChatText& text, const std::vector<Example>& examples) {
  const size_t count = std::min(kTokenRows, examples.size());
  for (size_t i = 0; i < count; ++i) {
    const Example& example = examples[i * examples.size() / count];
    check_token_ids(tokenize(text, example), prompt_ids(text, example), example.where);
  }
  return int64_t(count);
}

/// The adapters of a model and the weights beside them; puts them back when it goes.
class Kept {
 public:
  explicit Kept(CausalLm& lm) : lm_(lm) {
    for (const auto& item : lm.named_modules()) {
      auto linear = std::dynamic_pointer_cast<Linear>(item.value());
      if (!linear || !linear->adapter()) continue;
      layers_.push_back({item.key(), linear, *linear->adapter(), linear->weight.detach()});
    }
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { put_back(); }

  struct Layer {
    std::string name;
    std::shared_ptr<Linear> linear;
    Adapter adapter;
    at::Tensor weight;  // another tensor over the same memory
  };
  const std::vector<Layer>& layers() const { return layers_; }

  void take_off() const { detach_adapters(lm_); }
  void put_back() const {
    take_off();  // whatever is there, on other layers too
    for (const Layer& layer : layers_) {
      if (layer.linear->weight.data_ptr() != layer.weight.data_ptr()) {
        layer.linear->weight.set_data(layer.weight);
      }
      layer.linear->attach(layer.adapter);
    }
  }

 private:
  CausalLm& lm_;
  std::vector<Layer> layers_;
};

using Dtypes = std::map<std::string, at::ScalarType>;

/// What the checkpoint stores each parameter in.
Dtypes stored_dtypes(const LoadedModel& model) {
  const Checkpoint checkpoint(model.folder);
  const WeightMap map = model.family->weight_map(model.config);
  const auto parameters = model.lm->named_parameters();
  Dtypes dtypes;
  for (const MappedSafetensors& file : checkpoint.files()) {
    for (const TensorInfo& info : file.header().tensors) {
      for (const auto& part : place_of(file, info, map, parameters).parts) {
        dtypes[part.parameter] = dtype_from_safetensors(info.dtype, file.path().string());
      }
    }
  }
  return dtypes;
}

/// Compares logits of the model, changed in several ways, with those of the live adapter.
class LogitChecks {
 public:
  LogitChecks(LoadedModel& model, const TaskData& task, const CertificateOptions& options)
      : model_(model), options_(options), sample_(model, task), kept_(*model.lm) {}

  std::optional<LogitParity> run() {
    if (sample_.positions() == 0) return std::nullopt;
    live_ = sample_.compute();
    parity_.rows = sample_.rows();
    parity_.positions = sample_.positions();
    parity_.largest_logit = live_.abs().max().item<double>();
    check_reloaded();
    check_merged();
    return parity_;
  }

 private:
  double check(const at::Tensor& found, double bound, const std::string& what) const {
    const LogitDifference difference = SampleLogits::compare(live_, found);
    if (difference.largest <= bound) return difference.largest;  // false for NaN
    throw TuneError(fmt::format(
        "parity: {} does not give the logits of the adapter that was tuned: {}, vocabulary {}: "
        "expected {:.7g}, found {:.7g}, {:.2g} of the largest logit {:.5g}: allowed is {:g}",
        what, sample_.place(difference.at), difference.token, difference.expected, difference.found,
        difference.largest, parity_.largest_logit, bound));
  }

  void check_reloaded() {
    kept_.take_off();
    load_adapter(model_, options_.adapter);
    parity_.reloaded = check(sample_.compute(), kReloadedBound,
                             fmt::format("{}, read back,", options_.adapter.string()));
    kept_.put_back();
  }

  void check_merged() {
    const Dtypes stored = stored_dtypes(model_);
    kept_.take_off();
    at::ScalarType coarsest = at::kFloat;
    for (const Kept::Layer& layer : kept_.layers()) {
      const at::ScalarType dtype = rounded_dtype(stored, layer.name);
      if (dtype == at::kBFloat16 || coarsest == at::kFloat) coarsest = dtype;
      at::Tensor merged = options_.merge(layer.weight, layer.adapter);
      if (model_.dtype != at::kFloat) merged = merged.to(dtype).to(model_.dtype);
      layer.linear->weight.set_data(merged);
    }
    if (model_.dtype == at::kFloat) {
      parity_.merged = check(sample_.compute(), kMergedBound, "the merged model");
      for (const Kept::Layer& layer : kept_.layers()) {
        at::Tensor& weight = layer.linear->weight;
        weight.set_data(weight.to(rounded_dtype(stored, layer.name)).to(at::kFloat));
      }
    }
    if (coarsest != at::kFloat) check_rounded(coarsest);
    kept_.put_back();
  }

  /// The merged model as it is exported, or as this cell's dtype computes it.
  void check_rounded(at::ScalarType coarsest) {
    const at::Tensor found = sample_.compute();
    parity_.rounded =
        check(found, coarsest == at::kBFloat16 ? kRoundedBoundBfloat16 : kRoundedBoundFloat16,
              fmt::format("the merged model, rounded to {},", dtype_name(coarsest)));
    parity_.same_choice = found.argmax(-1).eq(live_.argmax(-1)).sum().item<int64_t>();
  }

  /// float32 where neither the checkpoint nor the computation has a 16-bit format.
  at::ScalarType rounded_dtype(const Dtypes& stored, const std::string& layer) const {
    const auto is_narrow = [](at::ScalarType type) {
      return type == at::kBFloat16 || type == at::kHalf;
    };
    const auto found = stored.find(layer + ".weight");
    if (found != stored.end() && is_narrow(found->second)) return found->second;
    return is_narrow(model_.dtype) ? model_.dtype : at::kFloat;
  }

  LoadedModel& model_;
  const CertificateOptions& options_;
  const SampleLogits sample_;
  const Kept kept_;
  at::Tensor live_;
  LogitParity parity_;
};

}  // namespace

void check_token_ids(const TokenizedExample& trained, std::span<const int64_t> scored,
                     const std::string& where) {
  const auto length = size_t(trained.prompt_length);
  const size_t common = std::min({length, trained.ids.size(), scored.size()});
  for (size_t i = 0; i < common; ++i) {
    if (trained.ids[i] == scored[i]) continue;
    throw TuneError(
        fmt::format("parity: {}: token {} of the prompt is {} in training, {} in scoring", where, i,
                    trained.ids[i], scored[i]));
  }
  if (length != scored.size()) {
    throw TuneError(fmt::format("parity: {}: the prompt has {} tokens in training, {} in scoring",
                                where, length, scored.size()));
  }
}

Parity certify(LoadedModel& model, const TaskData& task, const CertificateOptions& options) {
  const at::NoGradGuard no_grad;
  Parity parity;
  parity.token_rows = check_rows(*model.text, task.train) + check_rows(*model.text, task.test);
  parity.order_independent = order_independent(model);
  if (options.adapter.empty()) return parity;
  model.lm->eval();
  parity.logits = LogitChecks(model, task, options).run();
  return parity;
}

}  // namespace tuneval
