#pragma once

namespace tuneval {

/// P(the range of `count` independent standard normal values ≤ width), the studentised range at
/// infinitely many degrees of freedom: count · ∫ φ(z) (Φ(z) − Φ(z − width))^(count − 1) dz.
/// Absolute error below 1e-12. Error for fewer than two values.
double normal_range_cdf(double width, int count);

/// The width whose probability is `share`, 0 < share < 1.
double normal_range_quantile(double share, int count);

}  // namespace tuneval
