#include "tuneval/model/batch.h"

#include "attention_plan.h"
#include "to_device.h"
#include "tuneval/error.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <map>

namespace tuneval {

struct Batch::Plans {
  std::map<int64_t, std::shared_ptr<const AttentionPlan>> by_window;
  std::map<int64_t, std::shared_ptr<const DecodePlan>> decoding;  // null: there is none
  std::map<int64_t, at::Tensor> ancestors;                        // by their count
};

std::shared_ptr<const AttentionPlan> Batch::plan(int64_t window) const {
  if (!plans_) plans_ = std::make_shared<Plans>();
  auto& plan = plans_->by_window[window];
  if (!plan) {
    plan = std::make_shared<const AttentionPlan>(
        plan_attention(segments, pieces, window, ids.device()));
  }
  return plan;
}

std::shared_ptr<const DecodePlan> Batch::decode_plan(int64_t window) const {
  if (!plans_) plans_ = std::make_shared<Plans>();
  const auto found = plans_->decoding.find(window);
  if (found != plans_->decoding.end()) return found->second;
  return plans_->decoding[window] = plan_decoding(segments, pieces, window, ids.device());
}

at::Tensor Batch::ancestors(int64_t count) const {
  if (!plans_) plans_ = std::make_shared<Plans>();
  at::Tensor& made = plans_->ancestors[count];
  if (made.defined()) return made;
  made = at::empty({count, tokens()}, at::kLong);
  int64_t* const out = made.data_ptr<int64_t>();
  int64_t token = 0;
  for (const Piece& piece : pieces) {
    for (int64_t i = 0; i < piece.length; ++i, ++token) {
      int64_t segment = piece.segment, offset = piece.offset + i;
      for (int64_t back = 0; back < count; ++back) {
        while (segment >= 0 && --offset < 0) {
          segment = segments[size_t(segment)].parent;
          if (segment >= 0) offset = segments[size_t(segment)].length;
        }
        out[back * tokens() + token] = segment < 0 ? -1 : segments[size_t(segment)].begin + offset;
      }
    }
  }
  return made = to_device(made, ids.device());
}

namespace {

/// Depth of every segment's first token.
std::vector<int64_t> first_depths(const std::vector<Segment>& segments) {
  std::vector<int64_t> depths(segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    const int64_t parent = segments[i].parent;
    if (parent >= static_cast<int64_t>(i)) {
      throw Error(
          fmt::format("make_batch: segment {} has parent {}: expected an earlier one", i, parent));
    }
    depths[i] = parent < 0 ? 0 : depths[size_t(parent)] + segments[size_t(parent)].length;
  }
  return depths;
}

at::Tensor to_tensor(const std::vector<int64_t>& values, at::Device device) {
  return to_device(at::tensor(values, at::kLong), device);
}

}  // namespace

Batch make_batch(std::vector<int64_t> ids, std::vector<Segment> segments, std::vector<Piece> pieces,
                 at::Device device) {
  const std::vector<int64_t> depths = first_depths(segments);
  std::vector<int64_t> positions, parent, slots;
  positions.reserve(ids.size());
  parent.reserve(ids.size());
  slots.reserve(ids.size());
  for (const Piece& piece : pieces) {
    if (piece.segment < 0 || piece.segment >= int64_t(segments.size())) {
      throw Error(fmt::format("make_batch: piece of segment {}: there are {}", piece.segment,
                              segments.size()));
    }
    const Segment& segment = segments[size_t(piece.segment)];
    if (piece.offset < 0 || piece.length <= 0 || piece.offset + piece.length > segment.length) {
      throw Error(fmt::format("make_batch: piece [{}, {}) of segment {}: it has {} tokens",
                              piece.offset, piece.offset + piece.length, piece.segment,
                              segment.length));
    }
    for (int64_t i = piece.offset; i < piece.offset + piece.length; ++i) {
      int64_t before = segment.begin + i - 1;
      if (i == 0) {
        const Segment* above = segment.parent < 0 ? nullptr : &segments[size_t(segment.parent)];
        before = above ? above->begin + above->length - 1 : -1;
      }
      positions.push_back(depths[size_t(piece.segment)] + i);
      parent.push_back(before);
      slots.push_back(segment.begin + i);
    }
  }
  if (positions.size() != ids.size()) {
    throw Error(fmt::format("make_batch: {} token ids for pieces of {} tokens", ids.size(),
                            positions.size()));
  }
  Batch batch;
  batch.ids = to_tensor(ids, device);
  batch.positions = to_tensor(positions, device);
  batch.parent = to_tensor(parent, device);
  batch.slots = to_tensor(slots, device);
  batch.segments = std::move(segments);
  batch.pieces = std::move(pieces);
  return batch;
}

Batch make_batch(const Forest& forest, at::Device device, int64_t cached) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < forest.segments.size(); ++i) {
    const Segment& segment = forest.segments[i];
    const int64_t offset = std::clamp<int64_t>(cached - segment.begin, 0, segment.length);
    if (offset < segment.length) pieces.push_back({int64_t(i), offset, segment.length - offset});
  }
  std::vector<int64_t> ids(forest.ids.begin() + std::min(cached, forest.tokens()),
                           forest.ids.end());
  return make_batch(std::move(ids), forest.segments, std::move(pieces), device);
}

}  // namespace tuneval
