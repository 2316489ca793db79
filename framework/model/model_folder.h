#pragma once

#include <filesystem>

namespace tuneval {

/// Copies what a model folder holds beside its weights and its papers: configs, tokenizer, chat
/// templates, a model's own Python code. Files of that name in `to` are replaced. Throws
/// CheckpointError.
void copy_companions(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies all files of a folder and of those in it. Throws CheckpointError.
void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tuneval
