#pragma once

#include "framework/data/importers/conversation.h"

namespace tuneval {

/// The task values of config.yaml, for a message.
std::string distil_tasks();

/// The task type for a task value: `wanted`, where the value has a choice, or the nearest.
/// `file`: the config.yaml, for the message. Throws DataError for an unknown value, ManifestError
/// for a task type that the value's rows cannot be.
std::string distil_task_type(const std::string& task, const std::string& wanted,
                             const std::filesystem::path& file);

/// A column as a text: what is not a string becomes compact JSON.
std::string as_text(const Row& row, const std::string& column);

/// Rows {"question", "answer"} of a classification; the answers are among options.classes.
void take_labels(const std::vector<Row>& train, const std::vector<Row>& test, ImportedPack& pack);

/// Rows {"question", "answer", "context"?} of the pack's task type. Answers are JSON where
/// `output_is_json` says so or where every one of both splits is an object or an array.
void take_answers(const std::vector<Row>& train, const std::vector<Row>& test, bool output_is_json,
                  ImportedPack& pack);

/// Rows of conversations: {"messages"}, or {"question", "answer"} with the next call. `tools`:
/// those of the job, or null. `multi_turn`: every question is a conversation.
void take_conversations(const std::vector<Row>& train, const std::vector<Row>& test,
                        const nlohmann::ordered_json& tools, bool multi_turn, ImportedPack& pack);

}  // namespace tuneval
