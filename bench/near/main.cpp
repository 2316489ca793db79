// near_duplicates [ROWS...]: how long it takes to check rows one at a time against all that were
// taken before, as `tuneval synth` does, for 1,000, 10,000 and 100,000 rows unless given. Prints
// one line a size and kind of text.
//
// "prose": 60 words after Zipf's law, as rows of a teacher have them. "template": rows of 50 fixed
// words of which ten slots hold one of 300 values: the hardest kind, all rows are much alike. One
// row in twenty is another one with two words changed, and has to be found.
#include "framework/synth/near_index.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

namespace {

using tuneval::NearIndex;
using Words = std::vector<uint32_t>;

constexpr size_t kWords = 60;
constexpr double kVocabulary = 20'000;

double unit(std::mt19937_64& random) { return double(random() >> 11) * 0x1p-53; }

/// Rank r has a share that falls like 1 / r.
uint32_t zipf_word(std::mt19937_64& random) {
  return uint32_t(std::exp(unit(random) * std::log(kVocabulary)));
}

Words prose(std::mt19937_64& random) {
  Words words(kWords);
  for (uint32_t& word : words) word = zipf_word(random);
  return words;
}

Words of_template(std::mt19937_64& random) {
  Words words;
  for (uint32_t i = 0; i < kWords; ++i) {
    const bool slot = i % 6 == 3;
    words.push_back(slot ? uint32_t(1000 + 1000 * i + random() % 300) : i);
  }
  return words;
}

Words changed(Words words, std::mt19937_64& random) {
  for (int i = 0; i < 2; ++i)
    words[random() % words.size()] = uint32_t(1'000'000 + random() % 1000);
  return words;
}

struct Run {
  size_t planted = 0, found = 0;
  double seconds = 0.0;
};

Run measure(size_t rows, bool is_prose) {
  std::mt19937_64 random(7);
  std::vector<Words> texts;
  Run run;
  for (size_t i = 0; i < rows; ++i) {
    const bool plant = i > 0 && i % 20 == 0;
    run.planted += plant;
    if (plant) {
      texts.push_back(changed(texts[random() % texts.size()], random));
    } else {
      texts.push_back(is_prose ? prose(random) : of_template(random));
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  NearIndex index(0.95);
  for (const Words& text : texts) {
    if (index.find(text)) {
      ++run.found;
    } else {
      index.add(text);
    }
  }
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return run;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<size_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(size_t(std::atoll(argv[i])));
  if (sizes.empty()) sizes = {1'000, 10'000, 100'000};
  fmt::print("{:>8} {:<9} {:>9} {:>12} {:>8} {:>8}\n", "rows", "text", "seconds", "us a row",
             "planted", "found");
  for (const bool is_prose : {true, false}) {
    for (const size_t rows : sizes) {
      const Run run = measure(rows, is_prose);
      fmt::print("{:>8} {:<9} {:>9.3f} {:>12.1f} {:>8} {:>8}\n", rows,
                 is_prose ? "prose" : "template", run.seconds, 1e6 * run.seconds / double(rows),
                 run.planted, run.found);
    }
  }
}
