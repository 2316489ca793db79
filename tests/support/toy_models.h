#pragma once

#include "framework/model/loaded_model.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Models at toy size: those of tests/parity/fixtures, with a tokenizer of words.

namespace tuneval::test {

using TokenRows = std::vector<std::vector<int64_t>>;

/// All plugins of this build, loaded once.
const Registry& all_plugins();

/// A file or folder of tests/parity/fixtures.
std::filesystem::path fixture(const std::string& name);
/// Names of all models there, sorted.
std::vector<std::string> fixture_models();

/// Writes a model folder that `load_model` opens: a fixture's files and a tokenizer in which id 7
/// is the word "w7", for every id of the vocabulary. An unknown word is "w3"; there is no template,
/// and texts are split at white space.
void write_toy(const std::string& model, const std::filesystem::path& folder);
/// Such a folder, made once a process; not to be changed.
std::filesystem::path toy_folder(const std::string& model);
LoadedModel open_toy(const std::string& model, const std::string& dtype = "float32",
                     const std::string& device = "cpu");
/// Gives a model other end tokens, perhaps none: those of its folder do not count.
void end_at(LoadedModel& model, std::vector<int64_t> end_tokens);
/// A toy with other end tokens.
LoadedModel open_toy_ending_at(const std::string& model, std::vector<int64_t> end_tokens);
/// Takes away what attention and convolutions add: a token's successor depends on it alone, so that
/// an answer is a walk, which sooner or later goes in a circle.
void forget_context(LoadedModel& model);
/// "w7 w12" for {7, 12}.
std::string words(const std::vector<int64_t>& ids);

/// Ids from a seed, in [8, 96).
std::vector<int64_t> random_ids(size_t count, uint64_t seed);
std::vector<int64_t> joined(std::vector<int64_t> head, const std::vector<int64_t>& tail);

/// Rows of an int64 tensor [rows, time] in which −1 stands where a row has ended.
TokenRows rows_of(const at::Tensor& ids);
/// Logits [time, vocabulary] of each row, all in one forest; where the model is.
std::vector<at::Tensor> logits_of(CausalLm& lm, const TokenRows& rows);

/// The tensors of a safetensors file, by name.
std::vector<std::pair<std::string, at::Tensor>> tensors_of(const std::filesystem::path& file);

/// Largest absolute difference divided by the largest absolute value of `expected`; a tensor that
/// is nothing but zeros counts as one of `least`. NaN where either holds one. They may lie on
/// different devices.
double relative_difference(const at::Tensor& found, const at::Tensor& expected,
                           double least = 1e-6);

}  // namespace tuneval::test
