#pragma once

#include "framework/loader/loader.h"
#include "framework/model/loaded_model.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval::bench {

struct RowsArguments {
  std::string model, pack, train_to, test_to;
  int64_t train = 0, test = 0;  ///< how many rows of each
  uint64_t seed = 123;
};

/// Tokenizes a pack as tuning and scoring do and writes JSON Lines of {"ids", "prompt_length"}:
/// train rows in the order of the first epoch, test rows spread evenly over the file.
void write_rows(const RowsArguments& arguments);

struct StepArguments {
  std::string model, rows, adapter, final_adapter;
  int64_t steps = 0;  ///< 0: as many as the rows give
  int64_t batch = 16;
  int64_t warm_up_rows = 0;  ///< computed before the first step; their gradients are forgotten
  int64_t token_budget = 0;  ///< 0: the recipe's default
  double learning_rate = 5e-5;
  std::string recompute = "auto";  ///< as Recipe::recompute
  bool operators = false;
  bool gemm_peak = false;
};

/// LoRA steps from a given adapter; prints a JSON object for each. With `operators`, also where
/// the last step's time went; with `gemm_peak`, also what LibTorch's products reach on their
/// shapes, before and behind the steps, the faster of the two.
void run_steps(const StepArguments& arguments);

struct ScoreArguments {
  std::string model, rows;
  int64_t max_new_tokens = 16;
  int64_t limit = 0;           ///< only the first rows; 0: all
  int64_t batch = 0;           ///< rows decoding at once; 0: the framework's default
  int64_t warm_up_tokens = 0;  ///< complete the first prompt by so many before the clock runs
  bool no_lookup = false;
  bool operators = false;
};

/// Decodes every row's prompt; prints one JSON object.
void run_scoring(const ScoreArguments& arguments);

struct LoadArguments {
  std::string model, rows;
};

/// From a model folder to the first token of the first row; prints one JSON object.
void run_load(const LoadArguments& arguments);

/// Reads what write_rows wrote. Throws DataError with the line at fault.
std::vector<TokenizedExample> read_rows(const std::filesystem::path& file);

/// Opens a model with the plugins beside the program, as tuneval itself does.
LoadedModel open_model(const std::string& folder);

/// Bytes of a model's parameters as they are held, tied ones once.
int64_t weight_bytes(const LoadedModel& model);

/// One JSON object as a line on standard output.
void print_line(const nlohmann::ordered_json& object);

}  // namespace tuneval::bench
