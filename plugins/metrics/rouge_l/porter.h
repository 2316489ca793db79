#pragma once

#include <string>

/// The stem of a word of a-z and 0-9, by Porter's algorithm ("An algorithm for suffix stripping",
/// 1980) with the extensions that NLTK has in its default mode. Linear in the word's length.
std::string porter_stem(std::string word);
