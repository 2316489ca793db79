#pragma once

#include "framework/manifest/teacher_options.h"

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>

namespace tuneval {

/// What is wrong with a server's address, as the end of a message: `is "ftp://h": expected …`. Null
/// where nothing is. An address that holds a password is not shown.
std::optional<std::string> base_url_fault(const std::string& base_url);

/// The same address without slashes at its end, which mean nothing there.
std::string without_end_slashes(std::string base_url);

/// Reads [teacher]; `where` is its place when it has none of its own. Throws ManifestError.
TeacherOptions read_teacher(const toml::table& table, std::string_view where);

/// Reads [judge]. What it leaves out is as in `teacher`, where there is one, but for the
/// temperature, which is 0; of another server than the teacher's the key, the prices and the extra
/// fields are its own alone, of another model the prices and the limit to spending. Throws
/// ManifestError.
JudgeOptions read_judge(const toml::table& table, const std::optional<TeacherOptions>& teacher,
                        std::string_view where);

/// The judge where there is no [judge]: the teacher, at temperature 0.
JudgeOptions judge_of(const TeacherOptions& teacher);

}  // namespace tuneval
