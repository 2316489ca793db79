#include "tile_product.h"

#include "cpu_kernels.h"
#include "cpu_tiles.h"
#include "share_out.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

namespace tuneval {

namespace {

using at::Tensor;
using namespace tiles;

// Rows and depth whose parts a thread keeps near: 216 KiB, for two threads may share one core.
constexpr int64_t kPanelsOfRows = 2, kMostSteps = 18;
// Of the right operand that is packed at once: a vocabulary's is never held whole.
constexpr int64_t kMostPacked = 8192;

int64_t steps_of(int64_t depth) { return (depth + kDepth - 1) / kDepth; }
int64_t panels_of(int64_t rows) { return (rows + kPanel - 1) / kPanel; }

const uint16_t* halves(const Tensor& weight) {
  return static_cast<const uint16_t*>(weight.const_data_ptr());
}
uint16_t* halves(Tensor& room) { return static_cast<uint16_t*>(room.mutable_data_ptr()); }

Tensor room_for(int64_t count) { return at::empty({count}, at::kBFloat16); }

/// A weight, or a part of it, packed as the right operand of a product.
struct Right {
  Tensor packed;
  int64_t columns, depth;

  const uint16_t* panel(int64_t index) const {
    return halves(packed) + index * steps_of(depth) * kPanel * kDepth;
  }
};

template <typename Pack>
Right pack(int64_t columns, int64_t depth, const Pack& pack_panel) {
  Right right{room_for(panels_of(columns) * kPanel * steps_of(depth) * kDepth), columns, depth};
  uint16_t* to = halves(right.packed);
  at::parallel_for(0, panels_of(columns), 1, [&](int64_t first, int64_t last) {
    for (int64_t panel = first; panel < last; ++panel) {
      const int64_t column = panel * kPanel;
      pack_panel(column, std::min(kPanel, columns - column),
                 to + panel * steps_of(depth) * kPanel * kDepth);
    }
  });
  return right;
}

/// Rows of one side of a product, and those of its result.
struct TileRows {
  const float* x;
  int64_t x_stride;
  float* y;
  int64_t y_stride, count;
};

/// Up to kPanelsOfRows panels of rows times the panels [first, last) of `right`, by one thread.
void multiply_rows(const TileRows& rows, const Right& right, int64_t first, int64_t last, bool adds,
                   uint16_t* parts) {
  // As many steps each time: a short last one would load and store the sums for little.
  const int64_t all_steps = steps_of(right.depth);
  const int64_t times = (all_steps + kMostSteps - 1) / kMostSteps;
  const int64_t at_once = (all_steps + times - 1) / times;
  for (int64_t step = 0; step < all_steps; step += at_once) {
    const int64_t at = step * kDepth;
    const int64_t depth = std::min(at_once * kDepth, right.depth - at);
    const int64_t tile = steps_of(depth) * kParts * kTile;
    split(rows.x + at, rows.x_stride, rows.count, depth, parts);
    for (int64_t panel = first; panel < last; ++panel) {
      const int64_t column = panel * kPanel;
      for (int64_t row = 0; row < rows.count; row += kPanel) {
        multiply({.left = parts + row / kRows * tile,
                  .left_tile = tile,
                  .right = right.panel(panel) + step * kPanel * kDepth,
                  .steps = steps_of(depth),
                  .y = rows.y + row * rows.y_stride + column,
                  .stride = rows.y_stride,
                  .rows = std::min(kPanel, rows.count - row),
                  .columns = std::min(kPanel, right.columns - column),
                  .adds = adds || step > 0});
      }
    }
  }
}

void multiply_all(const TileRows& rows, const Right& right, bool adds) {
  constexpr int64_t kAtOnce = kPanelsOfRows * kPanel, kEvenEnough = 4;  // items a thread
  const int64_t groups = (rows.count + kAtOnce - 1) / kAtOnce, panels = panels_of(right.columns);
  // Few rows are shared out by columns too; each item splits its rows for itself.
  const int64_t wanted = kEvenEnough * at::get_num_threads();
  const int64_t chunks = std::clamp<int64_t>((wanted + groups - 1) / groups, 1, panels);
  share_out(groups * chunks, [&](const auto& next) {
    Tensor room = room_for(kAtOnce * kMostSteps * kDepth * kParts);
    tiles::begin();
    for (int64_t item = next(); item < groups * chunks; item = next()) {
      const int64_t row = item / chunks * kAtOnce, chunk = item % chunks;
      multiply_rows({rows.x + row * rows.x_stride, rows.x_stride, rows.y + row * rows.y_stride,
                     rows.y_stride, std::min(rows.count - row, kAtOnce)},
                    right, chunk * panels / chunks, (chunk + 1) * panels / chunks, adds,
                    halves(room));
    }
    tiles::end();
  });
}

bool are_plain(const Tensor& x, const Tensor& weight) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 2 && x.numel() > 0 &&
         weight.scalar_type() == at::kBFloat16 && weight.is_cpu() && weight.dim() == 2 &&
         weight.is_contiguous() && has_tiles();
}

}  // namespace

bool tile_product_fits(const Tensor& x, const Tensor& weight) {
  return are_plain(x, weight) && x.size(1) == weight.size(1);
}

bool tile_product_back_fits(const Tensor& grad, const Tensor& weight) {
  return are_plain(grad, weight) && grad.size(1) == weight.size(0);
}

Tensor tile_product(const Tensor& x, const Tensor& weight) {
  const Tensor rows = x.contiguous();
  const int64_t m = rows.size(0), k = rows.size(1), n = weight.size(0);
  Tensor y = at::empty({m, n}, rows.options());
  for (int64_t begin = 0; begin < n; begin += kMostPacked) {
    const uint16_t* w = halves(weight) + begin * k;
    const auto pack_panel = [&](int64_t column, int64_t columns, uint16_t* to) {
      pack_rows(w + column * k, k, columns, k, to);
    };
    const Right right = pack(std::min(kMostPacked, n - begin), k, pack_panel);
    multiply_all({rows.const_data_ptr<float>(), k, y.mutable_data_ptr<float>() + begin, n, m},
                 right, /*adds=*/false);
  }
  return y;
}

void add_tile_product(Tensor& total, const Tensor& grad, const Tensor& weight) {
  const Tensor rows = grad.contiguous();
  const int64_t m = rows.size(0), n = rows.size(1), k = weight.size(1);
  const bool fresh = !total.defined();
  if (fresh) total = at::empty({m, k}, rows.options());
  for (int64_t begin = 0; begin < n; begin += kMostPacked) {
    const uint16_t* w = halves(weight) + begin * k;
    const int64_t depth = std::min(kMostPacked, n - begin);
    const auto pack_panel = [&](int64_t column, int64_t columns, uint16_t* to) {
      pack_columns(w + column, k, columns, depth, to);
    };
    const Right right = pack(k, depth, pack_panel);
    multiply_all({rows.const_data_ptr<float>() + begin, n, total.mutable_data_ptr<float>(), k, m},
                 right, /*adds=*/!fresh || begin > 0);
  }
}

bool tile_products_of_few_fit(const Tensor& x, at::ArrayRef<Tensor> weights) {
  // Of fewer rows the tiles would be all but empty: vectors keep up with the memory.
  constexpr int64_t kFewest = 4;
  return x.dim() == 2 && x.size(0) >= kFewest && x.size(1) % kDepth == 0 &&
         std::ranges::all_of(weights, [&](const Tensor& weight) {
           return tile_product_fits(x, weight) && weight.size(0) >= kPanel;
         });
}

std::vector<Tensor> tile_products_of_few(const Tensor& x, at::ArrayRef<Tensor> weights) {
  const Tensor rows = x.contiguous();
  const int64_t m = rows.size(0), k = rows.size(1);
  std::vector<Tensor> products;
  int64_t panels = 0;  // of all weights
  for (const Tensor& weight : weights) {
    products.push_back(at::empty({m, weight.size(0)}, rows.options()));
    panels += panels_of(weight.size(0));
  }
  Tensor parts = room_for(kPanel * k * kParts);
  for (int64_t row = 0; row < m; row += kPanel) {
    const int64_t count = std::min(kPanel, m - row);
    split(rows.const_data_ptr<float>() + row * k, k, count, k, halves(parts));
    turn(halves(parts), k);
    at::parallel_for(0, panels, 1, [&](int64_t first, int64_t last) {
      tiles::begin();
      for (size_t i = 0; i < weights.size(); ++i) {
        const int64_t n = weights[i].size(0);
        const int64_t begin = std::max<int64_t>(0, first) * kPanel;
        const int64_t end = std::min(n, last * kPanel);
        float* y = static_cast<float*>(products[i].mutable_data_ptr()) + row * n;
        if (begin < end) {
          multiply_few({halves(parts), halves(weights[i]), y, count, n, k}, begin, end);
        }
        first -= panels_of(n);
        last -= panels_of(n);
      }
      tiles::end();
    });
  }
  return products;
}

}  // namespace tuneval
