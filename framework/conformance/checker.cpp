#include "framework/conformance/checker.h"

#include "framework/conformance/checks.h"

#include <algorithm>

namespace tuneval {

namespace {

using Status = CheckResult::Status;

std::pair<Status, std::string> outcome_of(const std::function<std::string()>& body) {
  try {
    return {Status::passed, body()};
  } catch (const CheckSkipped& skipped) {
    return {Status::skipped, skipped.what()};
  } catch (const std::exception& error) {
    return {Status::failed, error.what()};
  } catch (...) {
    return {Status::failed, "something that is no std::exception was thrown"};
  }
}

}  // namespace

bool Checker::run(std::string_view check, const std::function<std::string()>& body) {
  const auto known = std::ranges::find_if(
      kChecks, [&](const Check& one) { return one.name == check && one.of == of_; });
  if (known == kChecks.end()) throw std::logic_error(fmt::format("no check {}", check));
  auto [status, seen] = outcome_of(body);
  results_.push_back({std::string(check), subject_, std::string(known->meaning), status, seen,
                      std::string(known->mend)});
  return status == Status::passed;
}

void Checker::skip_rest(const std::string& why) {
  for (const Check& check : kChecks) {
    const bool has_result = std::ranges::any_of(results_, [&](const CheckResult& result) {
      return result.subject == subject_ && result.name == check.name;
    });
    if (check.of == of_ && !has_result) {
      run(check.name, [&]() -> std::string { throw CheckSkipped(why); });
    }
  }
}

bool all_passed(const std::vector<CheckResult>& results) {
  return std::ranges::none_of(
      results, [](const CheckResult& result) { return result.status == Status::failed; });
}

}  // namespace tuneval
