#pragma once

#include <string>
#include <vector>

namespace tuneval {

/// Declares where a checkpoint's tensors differ from the modules' parameters. Names not mentioned
/// map to themselves; "*" in a name to drop or transpose stands for one or more characters.
struct WeightMap {
  struct Rename {
    std::string from, to;  ///< prefix in the checkpoint → prefix of the module
  };
  struct Split {
    std::string from;             ///< one tensor in the checkpoint …
    std::vector<std::string> to;  ///< … cut along dimension 0 in these parameters' sizes
  };
  std::vector<Rename> renames;
  std::vector<Split> splits;
  std::vector<std::string> transposes;  ///< checkpoint names stored as [in, out]
  std::vector<std::string> drops;       ///< checkpoint names that are not read

  WeightMap& rename(std::string from, std::string to) {
    renames.push_back({std::move(from), std::move(to)});
    return *this;
  }
  WeightMap& split(std::string from, std::vector<std::string> to) {
    splits.push_back({std::move(from), std::move(to)});
    return *this;
  }
  WeightMap& transpose(std::string name) {
    transposes.push_back(std::move(name));
    return *this;
  }
  WeightMap& drop(std::string name) {
    drops.push_back(std::move(name));
    return *this;
  }
};

}  // namespace tuneval
