#include "block_attention.h"

#include "cpu_kernels.h"
#include "share_out.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace tuneval {

namespace {

using at::Tensor;

constexpr int64_t kMostDim = 512;
// Rows of a key head below which turning its keys would take longer than multiplying them.
constexpr int64_t kFewestRows = 48;

/// One of a thread's own, kept for its next calls.
float* scratch_of_thread(int64_t dim) {
  thread_local std::vector<float> scratch;
  const auto room = size_t(3 * kBlockRows * dim + 2 * kBlockRows * kBlockKeys);
  if (scratch.size() < room) scratch.resize(room);
  return scratch.data();
}

/// A group's tensors, and the job of each of its pairs.
class Blocks {
 public:
  Blocks(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionGroup& group,
         double scale)
      : q_(q.contiguous()), k_(k.contiguous()), v_(v.contiguous()) {
    if (group.visible.defined()) visible_ = group.visible.contiguous();
    job_.queries = q.size(1);
    job_.heads = q.size(2);
    job_.dim = q.size(3);
    job_.keys = k.size(1);
    job_.kv_heads = k.size(2);
    job_.scale = float(scale);
    job_.causal = group.causal;
    job_.turned_stride = (job_.keys + kBlockKeys - 1) / kBlockKeys * kBlockKeys * job_.dim;
  }

  int64_t pairs() const { return q_.size(0); }
  int64_t heads_of_pairs() const { return pairs() * job_.kv_heads; }
  const BlockAttentionJob& shape() const { return job_; }
  /// Queries whose rows make a block.
  int64_t queries_at_once() const { return kBlockRows / (job_.heads / job_.kv_heads); }
  int64_t blocks() const { return (job_.queries + queries_at_once() - 1) / queries_at_once(); }

  void turn_keys() { k_turned_ = turned(k_); }
  void turn_values() { v_turned_ = turned(v_); }

  BlockAttentionJob of_pair(int64_t pair) const {
    BlockAttentionJob job = job_;
    job.q = at_pair(q_, pair);
    job.k = at_pair(k_, pair);
    job.v = at_pair(v_, pair);
    job.k_turned = at_pair(k_turned_, pair);
    if (v_turned_.defined()) job.v_turned = at_pair(v_turned_, pair);
    if (visible_.defined()) {
      const int64_t from = visible_.size(0) == 1 ? 0 : pair;
      job.visible = reinterpret_cast<const uint8_t*>(visible_.const_data_ptr<bool>()) +
                    from * job.queries * job.keys;
    }
    return job;
  }

  static float* at_pair(const Tensor& x, int64_t pair) {
    return const_cast<float*>(x.const_data_ptr<float>()) + pair * x.stride(0);
  }

 private:
  Tensor turned(const Tensor& x) const {
    Tensor result = at::empty({pairs(), job_.kv_heads, job_.turned_stride}, x.options());
    const int64_t width = job_.kv_heads * job_.dim;
    float* to = result.mutable_data_ptr<float>();
    share_out(heads_of_pairs(), [&](const auto& next) {
      for (int64_t one = next(); one < heads_of_pairs(); one = next()) {
        const float* from = at_pair(x, one / job_.kv_heads) + one % job_.kv_heads * job_.dim;
        cpu_kernels().turn_keys(from, width, job_.keys, job_.dim, to + one * job_.turned_stride);
      }
    });
    return result;
  }

  const Tensor q_, k_, v_;
  Tensor visible_, k_turned_, v_turned_;
  BlockAttentionJob job_{};
};

/// Into how many parts a head's queries go on the way back, each with a sum of its own: heads alone
/// may be too few to keep every thread busy to the end. The sums may take up kMostBytes.
int64_t even_parts(const Blocks& blocks) {
  constexpr int64_t kEvenEnough = 4;  // items a thread
  constexpr int64_t kMostBytes = int64_t{64} << 20;
  const int64_t threads = at::get_num_threads(), heads = blocks.heads_of_pairs();
  const int64_t parts =
      std::min(threads / std::gcd(heads, threads), (kEvenEnough * threads + heads - 1) / heads);
  const int64_t bytes = 2 * heads * blocks.shape().keys * blocks.shape().dim * 4;
  return std::max<int64_t>(1, std::min({parts, blocks.blocks(), kMostBytes / bytes}));
}

/// The first query of a part, whole blocks from the beginning. All parts take as long: below a
/// triangle the work grows with the square.
int64_t begin_of(const Blocks& blocks, int64_t part, int64_t parts) {
  if (part == parts) return blocks.shape().queries;
  const double share = double(part) / double(parts);
  const double place = blocks.shape().causal ? std::sqrt(share) : share;
  return std::llround(place * double(blocks.blocks())) * blocks.queries_at_once();
}

}  // namespace

bool block_attention_fits(const Tensor& q, const Tensor& k) {
  const int64_t dim = q.size(-1);
  const int64_t shared = q.size(2) / k.size(2);
  return q.is_cpu() && q.scalar_type() == at::kFloat && dim <= kMostDim &&
         dim % cpu_kernels().lanes == 0 && shared <= kBlockRows &&
         q.size(1) * shared >= kFewestRows;
}

std::tuple<Tensor, Tensor> block_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                           const AttentionGroup& group, double scale) {
  Blocks blocks(q, k, v, group, scale);
  blocks.turn_keys();
  const BlockAttentionJob& shape = blocks.shape();
  Tensor out = at::empty(q.sizes(), q.options());
  Tensor lse = at::empty({q.size(0), q.size(1), q.size(2)}, q.options());
  // Smaller blocks, where there would be none for some threads.
  const int64_t of_thread = blocks.heads_of_pairs() * shape.queries / at::get_num_threads();
  const int64_t at_once = std::clamp<int64_t>(of_thread, 1, blocks.queries_at_once());
  const int64_t all = blocks.heads_of_pairs() * ((shape.queries + at_once - 1) / at_once);
  share_out(all, [&](const auto& next) {
    float* scratch = scratch_of_thread(shape.dim);
    for (int64_t one = next(); one < all; one = next()) {
      const int64_t item = all - 1 - one;  // below a triangle the last queries take longest
      const int64_t pair = item % blocks.pairs(), rest = item / blocks.pairs();
      BlockAttentionJob job = blocks.of_pair(pair);
      job.out = Blocks::at_pair(out, pair);
      job.lse = Blocks::at_pair(lse, pair);
      const int64_t query = rest / shape.kv_heads * at_once;
      const int64_t end = std::min(shape.queries, query + at_once);
      cpu_kernels().block_attention(job, rest % shape.kv_heads, query, end, scratch);
    }
  });
  return {out, lse};
}

std::tuple<Tensor, Tensor, Tensor> block_attention_back(const Tensor& grad, const Tensor& q,
                                                        const Tensor& k, const Tensor& v,
                                                        const Tensor& out, const Tensor& lse,
                                                        const AttentionGroup& group, double scale) {
  Blocks blocks(q, k, v, group, scale);
  blocks.turn_keys();
  blocks.turn_values();
  const BlockAttentionJob& shape = blocks.shape();
  const Tensor grads = grad.contiguous(), outs = out.contiguous(), lses = lse.contiguous();
  Tensor q_grad = at::empty(q.sizes(), q.options());
  const int64_t parts = even_parts(blocks), heads = blocks.heads_of_pairs(), all = parts * heads;
  const std::vector<int64_t> sizes = {parts, q.size(0), shape.keys, shape.kv_heads, shape.dim};
  Tensor k_grad = at::zeros(sizes, q.options()), v_grad = at::zeros(sizes, q.options());
  share_out(all, [&](const auto& next) {
    float* scratch = scratch_of_thread(shape.dim);
    for (int64_t item = next(); item < all; item = next()) {
      const int64_t part = item / heads, pair = item % heads / shape.kv_heads;
      BlockAttentionJob job = blocks.of_pair(pair);
      job.out = Blocks::at_pair(outs, pair);
      job.lse = Blocks::at_pair(lses, pair);
      job.grad = Blocks::at_pair(grads, pair);
      job.q_grad = Blocks::at_pair(q_grad, pair);
      cpu_kernels().block_attention_back(job, item % shape.kv_heads, begin_of(blocks, part, parts),
                                         begin_of(blocks, part + 1, parts),
                                         Blocks::at_pair(k_grad[part], pair),
                                         Blocks::at_pair(v_grad[part], pair), scratch);
    }
  });
  const auto whole = [&](const Tensor& x) { return parts == 1 ? x[0] : x.sum(0); };
  return {q_grad, whole(k_grad), whole(v_grad)};
}

}  // namespace tuneval
