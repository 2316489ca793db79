#pragma once

#include <string_view>

/// Whether a completion in which no calls were found says in words that no call is right. One that
/// holds the marks of a call anywhere, or JSON that begins as a call does, was meant as a call and
/// is broken. Reasoning in <think>…</think> before the answer does not count; where it never ends
/// there is no answer.
bool is_refusal(std::string_view completion);
