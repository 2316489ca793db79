#include "decode.h"

#include "cpu_kernels.h"
#include "tile_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/InferenceMode.h>

#include <vector>

namespace tuneval {

namespace {

using at::Tensor;

// From here on the BLAS, which packs its operands, is faster.
constexpr int64_t kMostRows = 64;
// What a thread takes at least, for it costs to wake one.
constexpr int64_t kLeastProducts = 32768;

bool is_plain(const Tensor& x) { return x.scalar_type() == at::kFloat && x.is_cpu(); }

}  // namespace

bool decodes(const Tensor& x) {
  // Only where nothing is learnt: a layer computed twice must take the same way both times.
  return c10::InferenceMode::is_enabled() && x.dim() > 1 && x.size(0) <= kMostRows && is_plain(x);
}

bool decode_product_fits(const Tensor& x, const Tensor& weight) {
  const auto stored = weight.scalar_type();
  return decodes(x) && x.dim() == 2 && weight.is_cpu() && weight.is_contiguous() &&
         weight.dim() == 2 && weight.size(1) == x.size(1) &&
         (stored == at::kFloat || stored == at::kBFloat16);
}

Tensor decode_product(const Tensor& x, const Tensor& weight) {
  return std::move(decode_products(x, weight).front());
}

std::vector<Tensor> decode_products(const Tensor& x, at::ArrayRef<Tensor> weights) {
  if (tile_products_of_few_fit(x, weights)) return tile_products_of_few(x, weights);
  const Tensor rows = x.contiguous();
  std::vector<Tensor> products;
  std::vector<ProductJob> jobs;
  int64_t total = 0;  // rows of all weights
  for (const Tensor& weight : weights) {
    products.push_back(at::empty({x.size(0), weight.size(0)}, x.options()));
    jobs.push_back({rows.const_data_ptr<float>(), weight.const_data_ptr(),
                    products.back().mutable_data_ptr<float>(), rows.size(0), weight.size(0),
                    weight.size(1), weight.scalar_type() == at::kBFloat16});
    total += weight.size(0);
  }
  const int64_t work = std::max<int64_t>(1, rows.numel());
  at::parallel_for(0, total, std::max<int64_t>(16, kLeastProducts / work),
                   [&](int64_t begin, int64_t end) {
                     for (const ProductJob& job : jobs) {
                       const int64_t first = std::max<int64_t>(0, begin);
                       const int64_t last = std::min(end, job.n);
                       if (first < last) cpu_kernels().product(job, first, last);
                       begin -= job.n;
                       end -= job.n;
                     }
                   });
  return products;
}

void decode_attention(const DecodePlan& plan, const Tensor& q, const Tensor& k, const Tensor& v,
                      double scale, Tensor& out, Tensor& lse) {
  const Tensor rows = q.contiguous();
  const DecodeAttentionJob job{rows.const_data_ptr<float>(),
                               k.const_data_ptr<float>(),
                               v.const_data_ptr<float>(),
                               out.mutable_data_ptr<float>(),
                               lse.mutable_data_ptr<float>(),
                               plan.ranges.data(),
                               plan.first_range.data(),
                               q.size(1),
                               k.size(1),
                               q.size(2),
                               plan.most_keys,
                               float(scale)};
  const int64_t pairs = q.size(0) * job.kv_heads;
  // A register of either side, for scores are written in whole registers.
  const auto room = size_t((job.heads / job.kv_heads) * (plan.most_keys + 16));
  const int64_t work = std::max<int64_t>(1, plan.most_keys * job.dim * job.heads / job.kv_heads);
  at::parallel_for(0, pairs, std::max<int64_t>(1, kLeastProducts / work),
                   [&](int64_t begin, int64_t end) {
                     thread_local std::vector<float> scores;
                     if (scores.size() < room) scores.resize(room);
                     cpu_kernels().attention(job, begin, end, scores.data());
                   });
}

}  // namespace tuneval
