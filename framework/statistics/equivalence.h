#pragma once

#include "framework/statistics/paired.h"

#include <optional>
#include <span>
#include <string>

namespace tuneval {

/// Tango's score interval of the difference of two proportions on the same rows, first − second.
/// With b, c the rows that only the first, only the second is right on, and n all rows, it holds
/// the D with |z(D)| ≤ Φ⁻¹((1 + level)/2),
///
///   z(D) = (b − c − n·D) / √(n·(2q + D·(1 − D))),  q = (√(B² − 8n·C) − B) / 4n,
///   B = (2n − b + c)·D − b − c,  C = −c·D·(1 − D):
///
/// q is what the second alone is right on most likely, where the difference is D. Near its level
/// for small n and for b or c of 0. None for n = 0. Tango, Statistics in Medicine 17 (1998).
std::optional<Interval> tango_interval(const PairedCounts& counts, double level = 0.95);

/// z(D) above; 0 where numerator and denominator both are. −1 < D < 1, n at least 1.
double tango_z(const PairedCounts& counts, double difference);

/// Whether the first is worse than the second by less than a margin.
struct NonInferiority {
  double difference = 0.0;  ///< first − second
  Interval interval;        ///< two-sided, at level 1 − 2·alpha
  double p = 1.0;           ///< one-sided, of "worse by the margin or more"
  bool holds = false;       ///< the interval lies above −margin
};

struct MarginOptions {
  double margin = 0.05;  ///< 0 ≤ margin < 1, in the score's own unit; 0 asks for superiority
  double alpha = 0.025;
};

/// Of proportions, by Tango's score: p = 1 − Φ(z(−margin)). None for n = 0.
std::optional<NonInferiority> non_inferior_proportion(const PairedCounts& counts,
                                                      const MarginOptions& options = {});

/// Of mean scores where higher is better, by the paired bootstrap: the interval of the difference
/// (`bootstrap.level` is not used), p = (1 + replicates ≤ −margin) / (1 + resamples). The margin
/// may be of any size from 0 on. None for fewer than two units.
std::optional<NonInferiority> non_inferior_mean(std::span<const double> first,
                                                std::span<const double> second,
                                                std::span<const std::string> groups = {},
                                                const MarginOptions& options = {},
                                                const BootstrapOptions& bootstrap = {});

}  // namespace tuneval
