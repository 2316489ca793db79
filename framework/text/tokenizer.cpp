#include "framework/text/tokenizer.h"

#include "framework/text/shim_call.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

/// Ids owned by the shim, given back at the end of their scope.
struct OwnedIds {
  OwnedIds() = default;
  OwnedIds(const OwnedIds&) = delete;
  OwnedIds& operator=(const OwnedIds&) = delete;
  ~OwnedIds() { tuneval_ids_free(ids); }

  std::span<const int64_t> span() const { return {ids.data, ids.size}; }

  tuneval_ids ids = {nullptr, 0};
};

}  // namespace

void Tokenizer::Free::operator()(tuneval_tokenizer* handle) const {
  tuneval_tokenizer_free(handle);
}

Tokenizer::Tokenizer(tuneval_tokenizer* handle) : handle_(handle) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::open(const std::filesystem::path& model_folder) {
  tuneval_tokenizer* handle = nullptr;
  shim::check<ConfigError>([&](tuneval_string* error) {
    return tuneval_tokenizer_open(shim::view(model_folder.native()), &handle, error);
  });
  return Tokenizer(handle);
}

std::vector<int64_t> Tokenizer::encode(std::string_view text, bool add_special_tokens) const {
  OwnedIds ids;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_tokenizer_encode(handle_.get(), shim::view(text), add_special_tokens, &ids.ids,
                                    error);
  });
  return {ids.span().begin(), ids.span().end()};
}

std::vector<std::vector<int64_t>> Tokenizer::encode_batch(std::span<const std::string> texts,
                                                          bool add_special_tokens) const {
  std::vector<tuneval_view> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) views.push_back(shim::view(text));
  OwnedIds ids, lengths;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_tokenizer_encode_batch(handle_.get(), views.data(), views.size(),
                                          add_special_tokens, &ids.ids, &lengths.ids, error);
  });
  std::vector<std::vector<int64_t>> rows;
  rows.reserve(texts.size());
  auto begin = ids.span().begin();
  for (const int64_t length : lengths.span()) {
    rows.emplace_back(begin, begin + length);
    begin += length;
  }
  return rows;
}

std::string Tokenizer::decode(std::span<const int64_t> ids, bool skip_special_tokens) const {
  shim::OwnedString text;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_tokenizer_decode(handle_.get(), ids.data(), ids.size(), skip_special_tokens,
                                    text.out(), error);
  });
  return std::string(text.text());
}

std::optional<int64_t> Tokenizer::token_to_id(std::string_view token) const {
  int64_t id = -1;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_tokenizer_token_to_id(handle_.get(), shim::view(token), &id, error);
  });
  if (id < 0) return std::nullopt;
  return id;
}

std::optional<std::string> Tokenizer::id_to_token(int64_t id) const {
  int found = 0;
  shim::OwnedString token;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_tokenizer_id_to_token(handle_.get(), id, &found, token.out(), error);
  });
  if (found == 0) return std::nullopt;
  return std::string(token.text());
}

size_t Tokenizer::vocab_size() const {
  size_t tokens = 0;
  int64_t max_id = 0;
  shim::check<ConfigError>([&](tuneval_string* error) {
    return tuneval_tokenizer_size(handle_.get(), &tokens, &max_id, error);
  });
  return tokens;
}

int64_t Tokenizer::max_id() const {
  size_t tokens = 0;
  int64_t max_id = 0;
  shim::check<ConfigError>([&](tuneval_string* error) {
    return tuneval_tokenizer_size(handle_.get(), &tokens, &max_id, error);
  });
  return max_id;
}

}  // namespace tuneval
