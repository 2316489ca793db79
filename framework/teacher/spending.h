#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace tuneval {

/// Money spent, and the limit to it. Before a request is sent, what it may cost is set aside, so
/// that requests under way together do not pass the limit that none of them passes alone. For many
/// threads.
class Spending {
 public:
  /// `spent`: before.
  explicit Spending(std::optional<double> limit, double spent = 0.0)
      : limit_(limit), spent_(spent) {}

  /// Sets `cost` aside; where that needs it, waits for what others have set aside and do not use.
  /// False where the limit would be passed even so.
  bool reserve(double cost);
  /// Ends a reservation: `reserved` was set aside, `cost` was spent.
  void settle(double reserved, double cost);

  double spent() const;
  const std::optional<double>& limit() const { return limit_; }

 private:
  bool fits(double cost) const { return spent_ + reserved_ + cost <= *limit_; }

  const std::optional<double> limit_;
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  double spent_, reserved_ = 0.0;
  int64_t under_way_ = 0;
};

/// A reservation; what is not spent by its end is free again.
class Reservation {
 public:
  Reservation(Spending& spending, double cost)
      : spending_(spending), cost_(cost), made_(spending.reserve(cost)) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() {
    if (made_) spending_.settle(cost_, spent_);
  }

  bool made() const { return made_; }
  void spend(double cost) { spent_ = cost; }

 private:
  Spending& spending_;
  double cost_, spent_ = 0.0;
  bool made_;
};

}  // namespace tuneval
