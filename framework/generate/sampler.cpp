#include "framework/generate/sampler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace tuneval {

namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();
constexpr uint64_t kMixStep = 0x9E3779B97F4A7C15ULL;

uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

uint64_t key_of(uint64_t seed, int64_t position) {
  return mixed(mixed(seed + kMixStep) + uint64_t(position) * kMixStep);
}

uint64_t bits_of(uint64_t key, int64_t id) { return mixed(key + (uint64_t(id) + 1) * kMixStep); }

double uniform(uint64_t bits) { return (double(bits >> 11) + 0.5) * 0x1p-53; }

double gumbel(uint64_t bits) { return -std::log(-std::log(uniform(bits))); }

/// Not less than gumbel(bits), and found without a logarithm: −log(−log u) ≤ −log(1 − u), and 1 − u
/// is at least 2^−(n + 2) where u's bits begin with n ones.
double gumbel_bound(uint64_t bits) {
  const int ones = std::countl_one(bits);
  return ones > 50 ? std::numeric_limits<double>::infinity() : 0.6931471805599454 * (ones + 2);
}

/// The two highest sums so far.
struct Lead {
  double best = kImpossible, second = kImpossible;
  int64_t id = -1;

  void take(int64_t candidate, double sum) {
    if (sum > best) {
      second = best;
      best = sum;
      id = candidate;
    } else if (sum > second) {
      second = sum;
    }
  }
};

struct Drawing {
  const float* x;
  int64_t vocabulary;
  const TokenMask* mask;
  double temperature, top_p;
  uint64_t key;
  double margin;  // leads up to this are near ties

  bool allows(int64_t id) const { return !mask || mask->allows(id); }
  double sum(int64_t id) const { return double(x[id]) + temperature * gumbel(bits_of(key, id)); }
};

Choice draw_of_all(const Drawing& row) {
  Lead lead;
  for (int64_t id = 0; id < row.vocabulary; ++id) {
    if (!row.allows(id)) continue;
    const uint64_t bits = bits_of(row.key, id);
    if (double(row.x[id]) + row.temperature * gumbel_bound(bits) <= lead.second) continue;
    lead.take(id, double(row.x[id]) + row.temperature * gumbel(bits));
  }
  return {lead.id, lead.best - lead.second > row.margin};
}

/// The likeliest tokens, as far as the nucleus may reach, with their shares of the probability.
struct Nucleus {
  std::vector<int64_t> ids;    // by falling logit, then by id
  std::vector<double> before;  // share of all tokens before each; one more entry than ids
};

Nucleus find_nucleus(const Drawing& row) {
  double top = kImpossible, total = 0.0;
  int64_t allowed = 0;
  for (int64_t id = 0; id < row.vocabulary; ++id) {
    if (!row.allows(id)) continue;
    top = std::max(top, double(row.x[id]));
    ++allowed;
  }
  const auto weight = [&](int64_t id) {
    return std::exp((double(row.x[id]) - top) / row.temperature);
  };
  for (int64_t id = 0; id < row.vocabulary; ++id) {
    if (row.allows(id)) total += weight(id);
  }
  // All tokens of a share below this hold, together with those that rounding could put among them,
  // less than what the nucleus leaves out even if rounding favours them.
  const double slack = std::exp(row.margin / row.temperature);
  const double least = total * std::max(0.0, 1.0 - row.top_p * slack) / (slack * double(allowed));
  Nucleus nucleus;
  for (int64_t id = 0; id < row.vocabulary; ++id) {
    if (row.allows(id) && (weight(id) >= least || double(row.x[id]) == top)) {
      nucleus.ids.push_back(id);
    }
  }
  std::sort(nucleus.ids.begin(), nucleus.ids.end(), [&](int64_t a, int64_t b) {
    return row.x[a] > row.x[b] || (row.x[a] == row.x[b] && a < b);
  });
  double share = 0.0;
  for (const int64_t id : nucleus.ids) {
    nucleus.before.push_back(share);
    share += weight(id) / total;
  }
  nucleus.before.push_back(share);
  return nucleus;
}

/// Which tokens are in the nucleus for sure, and which may be, when each logit moves against each
/// other by up to the margin; and so each share by a factor of exp(margin / temperature).
Choice draw_of_nucleus(const Drawing& row) {
  const Nucleus nucleus = find_nucleus(row);
  const double slack = std::exp(row.margin / row.temperature);
  const size_t count = nucleus.ids.size();
  Lead inside;
  bool chosen_is_sure = false;
  std::vector<double> possible(count, kImpossible);  // sums of those that may be inside
  size_t above = 0, below = 0;  // first that is not higher by the margin; first that is lower by it
  for (size_t i = 0; i < count; ++i) {
    const double x = row.x[nucleus.ids[i]];
    const auto other = [&](size_t at) { return double(row.x[nucleus.ids[at]]); };
    while (above < i && other(above) > x + row.margin) ++above;
    while (below < count && other(below) >= x - row.margin) ++below;
    if (nucleus.before[above] >= row.top_p * slack) break;  // nor are those behind it
    possible[i] = row.sum(nucleus.ids[i]);
    if (nucleus.before[i] >= row.top_p) continue;
    const double itself = nucleus.before[i + 1] - nucleus.before[i];
    const bool sure = (nucleus.before[below] - itself) * slack < row.top_p;
    if (possible[i] > inside.best) chosen_is_sure = sure;
    inside.take(nucleus.ids[i], possible[i]);
  }
  double second = kImpossible;
  for (size_t i = 0; i < count; ++i) {
    if (nucleus.ids[i] != inside.id) second = std::max(second, possible[i]);
  }
  return {inside.id, chosen_is_sure && inside.best - second > row.margin};
}

}  // namespace

double uniform_of(uint64_t seed, int64_t position, int64_t id) {
  return uniform(bits_of(key_of(seed, position), id));
}

Choice draw_row(const float* x, int64_t vocabulary, const TokenMask* mask, const Draw& draw) {
  float largest = 0.0f, zero = 0.0f;
  for (int64_t id = 0; id < vocabulary; ++id) {
    largest = std::max(largest, std::fabs(x[id]));
    zero += x[id] * 0.0f;  // turns into NaN at one, and at an infinity
  }
  if (!(zero == 0.0f)) return {-1, true};
  const Sampling& sampling = draw.sampling;
  const Drawing row{.x = x,
                    .vocabulary = vocabulary,
                    .mask = mask,
                    .temperature = std::max(0.0, sampling.temperature),
                    .top_p = sampling.top_p,
                    .key = key_of(sampling.seed, draw.position),
                    .margin = double(kNearTie) * double(largest)};
  const bool whole = sampling.greedy() || sampling.top_p >= 1.0;
  return whole ? draw_of_all(row) : draw_of_nucleus(row);
}

}  // namespace tuneval
