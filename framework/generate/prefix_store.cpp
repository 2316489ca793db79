#include "framework/generate/prefix_store.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace tuneval {

/// A segment with its tokens; the root has neither.
struct PrefixStore::Node {
  std::shared_ptr<CachedSegment> segment;
  std::vector<int64_t> ids;
  Node* parent = nullptr;
  std::map<int64_t, std::unique_ptr<Node>> next;  // by their first token
  uint64_t used = 0;                              // when, last
};

namespace {

size_t shared_length(std::span<const int64_t> a, std::span<const int64_t> b) {
  const size_t most = std::min(a.size(), b.size());
  return size_t(std::mismatch(a.begin(), a.begin() + int64_t(most), b.begin()).first - a.begin());
}

}  // namespace

PrefixStore::PrefixStore(SlotPool& pool) : pool_(pool), root_(std::make_unique<Node>()) {}
PrefixStore::~PrefixStore() = default;

PrefixStore::Node& PrefixStore::split(Node& node, int64_t length) {
  std::unique_ptr<Node>& place = node.parent->next.at(node.ids.front());
  std::unique_ptr<Node> back = std::move(place);
  auto front = std::make_unique<Node>();
  const auto cut = back->ids.begin() + length;
  front->segment = split_segment(*back->segment, length);
  front->ids.assign(back->ids.begin(), cut);
  front->parent = back->parent;
  front->used = clock_;
  back->ids.erase(back->ids.begin(), cut);
  back->parent = front.get();
  const int64_t first = back->ids.front();
  front->next.emplace(first, std::move(back));
  place = std::move(front);
  return *place;
}

PrefixStore::Node& PrefixStore::insert(Node& above, std::shared_ptr<CachedSegment> segment,
                                       std::span<const int64_t> ids) {
  auto node = std::make_unique<Node>();
  node->segment = std::move(segment);
  node->ids.assign(ids.begin(), ids.end());
  node->parent = &above;
  node->used = clock_;
  return *above.next.emplace(ids.front(), std::move(node)).first->second;
}

PrefixStore::Place PrefixStore::reach(std::span<const int64_t> ids, int64_t most) {
  ++clock_;
  Place place{root_.get(), 0};
  while (place.depth < most) {
    const auto rest = ids.subspan(size_t(place.depth), size_t(most - place.depth));
    const auto found = place.node->next.find(rest.front());
    if (found == place.node->next.end()) break;
    Node& node = *found->second;
    const auto shared = int64_t(shared_length(node.ids, rest));
    const bool whole = shared == int64_t(node.ids.size());
    place.node = whole ? &node : &split(node, shared);
    place.node->used = clock_;
    place.depth += shared;
    if (!whole) break;
  }
  return place;
}

std::shared_ptr<CachedSegment> PrefixStore::add(std::span<const int64_t> prompt) {
  const Place place = reach(prompt, int64_t(prompt.size()) - 1);
  const auto fresh = prompt.subspan(size_t(place.depth));
  const auto length = int64_t(fresh.size());
  auto segment =
      std::make_shared<CachedSegment>(place.node->segment, SlotRange(pool_, length), length);
  // Where the last token is known already, this one is the row's alone.
  if (!place.node->next.contains(fresh.front())) insert(*place.node, segment, fresh);
  return segment;
}

void PrefixStore::keep(std::span<const int64_t> ids, std::shared_ptr<CachedSegment> leaf) {
  const Place place = reach(ids, int64_t(ids.size()));
  std::vector<std::shared_ptr<CachedSegment>> own;  // what the trie has not, last segment first
  auto begin = int64_t(ids.size());                 // of own.back()
  for (; leaf && begin > place.depth; leaf = leaf->parent) {
    if (leaf->length == 0) continue;
    own.push_back(leaf);
    begin -= leaf->length;
    leaf->computed = leaf->length;
    leaf->slots.trim(leaf->length);
  }
  if (own.empty()) return;
  if (begin < place.depth) split_segment(*own.back(), place.depth - begin);
  own.back()->parent = place.node->segment;
  Node* above = place.node;
  size_t at = size_t(place.depth);
  while (!own.empty()) {
    const auto length = size_t(own.back()->length);
    above = &insert(*above, std::move(own.back()), ids.subspan(at, length));
    at += length;
    own.pop_back();
  }
}

int64_t PrefixStore::known(std::span<const int64_t> prompt) {
  ++clock_;
  int64_t count = 0;
  size_t depth = 0;
  const Node* above = root_.get();
  while (depth < prompt.size()) {
    const auto found = above->next.find(prompt[depth]);
    if (found == above->next.end()) break;
    Node& node = *found->second;
    node.used = clock_;
    const size_t shared = shared_length(node.ids, prompt.subspan(depth));
    count += std::min(int64_t(shared), node.segment->computed);
    depth += shared;
    if (shared < node.ids.size()) break;
    above = &node;
  }
  return count;
}

int64_t PrefixStore::spare() const {
  struct Visit {
    const Node* node;
    size_t above;      // the visit of its parent
    size_t spare = 0;  // of those below it
  };
  std::vector<Visit> visits = {{root_.get(), 0}};
  for (size_t i = 0; i < visits.size(); ++i) {
    for (const auto& [id, below] : visits[i].node->next) visits.push_back({below.get(), i});
  }
  int64_t slots = 0;
  for (size_t i = visits.size() - 1; i > 0; --i) {  // those below come first
    const Node& node = *visits[i].node;
    const size_t below = node.next.size();
    const bool held = visits[i].spare < below || size_t(node.segment.use_count()) > 1 + below;
    if (held) continue;
    slots += node.segment->slots.length();
    ++visits[visits[i].above].spare;
  }
  return slots;
}

void PrefixStore::shrink(int64_t most) {
  while (pool_.used() > most) {
    std::vector<Node*> open = {root_.get()}, free;
    while (!open.empty()) {
      Node* const node = open.back();
      open.pop_back();
      for (const auto& [id, below] : node->next) open.push_back(below.get());
      const bool ends = node->next.empty() && node != root_.get();
      if (ends && node->segment.use_count() == 1) free.push_back(node);
    }
    if (free.empty()) return;
    std::sort(free.begin(), free.end(),
              [](const Node* a, const Node* b) { return a->used < b->used; });
    for (const Node* const node : free) {
      if (pool_.used() <= most) return;
      const int64_t first = node->ids.front();
      node->parent->next.erase(first);
    }
  }
}

}  // namespace tuneval
