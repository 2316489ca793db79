// What a grammar does to a row: some tokens are sure, guesses that it forbids are dropped.
#include "framework/generate/decoder_row.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval {

namespace {

/// The grammar's own failures, with the row's name.
template <class Work>
auto named(const std::string& name, const Work& work) {
  try {
    return work();
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace

std::unique_ptr<TokenConstraint> Decoder::start(const RowRequest& request) {
  return named(request.name, [&]() -> std::unique_ptr<TokenConstraint> {
    if (!request.grammar) return nullptr;
    auto constraint = request.grammar->start();
    constraint->mask();  // fails here where no answer is possible
    return constraint;
  });
}

void Decoder::draft(Row& row, int64_t most, int64_t room) {
  if (!row.constraint) {
    row.draft = look_up(row.ids, std::min(most, room));
    return;
  }
  if (int64_t(row.draft.size()) > room) row.draft.resize(size_t(room));
  row.forced = int64_t(row.draft.size());
  named(row.request.name, [&] {
    TokenConstraint& constraint = *row.constraint;
    for (const int64_t id : row.draft) constraint.advance(id);
    row.masks.assign(1, constraint.mask());
    std::vector<int64_t> guess;
    if (row.forced == 0) guess = look_up(row.ids, std::min(most, room));
    for (const int64_t id : guess) {
      if (!constraint.mask().allows(id) || model_.text->is_end(id)) break;
      constraint.advance(id);
      row.draft.push_back(id);
      row.masks.push_back(constraint.mask());
    }
    constraint.retreat(row.draft.size());
  });
}

void Decoder::force(Row& row) {
  row.draft.clear();
  row.forced = 0;
  if (!row.constraint || !row.active) return;
  const int64_t room = room_of(row);
  TokenConstraint& constraint = *row.constraint;
  bool closed = false;
  named(row.request.name, [&] {
    while (int64_t(row.draft.size()) < room) {
      const std::optional<int64_t> id = constraint.forced();
      if (!id) break;
      constraint.advance(*id);
      row.draft.push_back(*id);
    }
    closed = constraint.is_closed();
    constraint.retreat(row.draft.size());
  });
  row.forced = int64_t(row.draft.size());
  if (!closed && row.forced < room) return;
  for (const int64_t id : std::exchange(row.draft, {})) take(row, id);
  counts_.forced += std::exchange(row.forced, 0);
  if (!row.active) return;
  row.active = false;
  row.completion.stop = StopReason::end_token;
  ++counts_.new_tokens;
}

}  // namespace tuneval
