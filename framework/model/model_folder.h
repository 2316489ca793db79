#pragma once

#include <filesystem>

namespace tuneval {

/// A folder that comes into being whole or not at all: what is made of it lies beside its place
/// until `finish` gives it its name, and is removed where that is not reached.
class NewFolder {
 public:
  /// Throws CheckpointError when there is something at `target` already, an empty folder aside.
  explicit NewFolder(const std::filesystem::path& target);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  /// Where to write until then.
  const std::filesystem::path& path() const { return making_; }
  /// Throws CheckpointError.
  void finish();

 private:
  std::filesystem::path target_, making_;
  bool finished_ = false;
};

/// Copies what a model folder holds beside its weights and its papers: configs, tokenizer, chat
/// templates, a model's own Python code. Files of that name in `to` are replaced. Throws
/// CheckpointError.
void copy_companions(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies all files of a folder and of those in it. Throws CheckpointError.
void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tuneval
