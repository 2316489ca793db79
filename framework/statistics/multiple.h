#pragma once

#include <span>
#include <vector>

namespace tuneval {

// p-values of m tests made at once, adjusted so that each may be held against the level itself; in
// the order given. Error for what is no p-value.

/// min(1, m·p): no false alarm among all tests with the level's probability. Dunn, JASA 56 (1961).
std::vector<double> bonferroni(std::span<const double> p_values);

/// The same guarantee, never less power: the i-th smallest gets the largest of (m − j + 1)·pⱼ,
/// j ≤ i. Holm, Scandinavian Journal of Statistics 6 (1979).
std::vector<double> holm(std::span<const double> p_values);

/// Of what is called a difference, at most the level's share is false on average: the i-th smallest
/// gets the least of m·pⱼ / j, j ≥ i. Benjamini and Hochberg, JRSS B 57 (1995).
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace tuneval
