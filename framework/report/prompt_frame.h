#pragma once

#include "framework/record/predictions.h"

#include <span>
#include <string>
#include <string_view>

namespace tuneval {

/// What all prompts of one score begin and end with: instructions, the chat template's marks. What
/// lies between is a row's own, and mostly the same for every model.
struct PromptFrame {
  std::string before, after;

  bool operator==(const PromptFrame&) const = default;
};

/// Cut where a line or a mark in angle brackets ends or begins, so that words stay whole. Empty for
/// fewer than two rows.
PromptFrame frame_of(std::span<const PredictionRow> rows);

/// The part between, of a prompt that the frame was made from.
std::string_view own_part(const PromptFrame& frame, std::string_view prompt);

}  // namespace tuneval
