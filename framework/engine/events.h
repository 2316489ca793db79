#pragma once

#include "framework/cell/run_cell.h"
#include "framework/engine/servers.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What a worker process tells its supervisor: a line of JSON each.
struct Event {
  enum class Kind { skipped, loading, began, progress, pulse, ended, stopped, held, servers };

  Kind kind = Kind::pulse;
  std::string id = {};                  ///< of the cell; empty for `loading` and `servers`
  std::string model = {};               ///< of `loading`: its name
  std::string why = {};                 ///< of `held`; of `ended` where the cell failed
  CellProgress at = {};                 ///< of `progress`
  std::vector<ServerUse> servers = {};  ///< of `servers`: what this process asked so far
};

/// One line, with its end.
std::string to_line(const Event& event);
/// None for what is no event: what a plugin writes to a file that it does not own, or half a line.
std::optional<Event> parse_event(std::string_view line);

/// Makes events of the bytes that come.
class EventReader {
 public:
  std::vector<Event> take(std::string_view bytes);

 private:
  std::string rest_;
};

/// Writes events to a file descriptor, which it owns; without one (−1) to nowhere.
class EventWriter {
 public:
  explicit EventWriter(int fd);
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;
  ~EventWriter();

  bool is_open() const { return fd_ >= 0; }
  /// Where nobody reads any more, nothing happens.
  void write(const Event& event) const;

 private:
  const int fd_;
};

}  // namespace tuneval
