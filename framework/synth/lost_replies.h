#pragma once

#include "framework/teacher/teacher.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace tuneval {

/// What became of requests that got no answer which the teacher's cache keeps: no server was there,
/// say. It counts like an answer, since what is asked later rests on it; so it is kept in a file,
/// and who goes on does not ask again.
class LostReplies {
 public:
  /// Reads the file where there is one. Throws RecordError where it is damaged.
  explicit LostReplies(std::filesystem::path file);

  std::optional<TeacherReply> find(const std::string& id) const;
  /// `id`: of the request. A reply that the teacher's cache has, or that is none yet, is left out.
  void add(const std::string& id, const TeacherReply& reply);
  /// Puts what was added since into the file. Throws RecordError where the disk refuses.
  void write();
  /// Removes the file: all may be asked again.
  void forget();

 private:
  std::filesystem::path file_;
  std::map<std::string, TeacherReply> replies_;  // by request
  bool changed_ = false;
};

}  // namespace tuneval
