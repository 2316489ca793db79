// The whole loop of examples/distill.sh: a teacher is tuned and served, answers inputs, a student
// learns from its answers and is compared with it.
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>

namespace tuneval::testing {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

/// A port that nobody listened at a moment ago.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, any, size) != 0 || ::getsockname(socket, any, &size) != 0) return 0;
  ::close(socket);
  return ntohs(address.sin_port);
}

class DistillTest : public ProgramTest {
 protected:
  /// The script's exit code. Short: the loop is what is tried, not what comes of it.
  int distill() const {
    const std::string command = fmt::format(
        "PORT={} TUNEVAL={} {}/examples/distill.sh {} --set tuning.epochs=1 --set "
        "tasks.test_limit=40 "
        "> {} 2>&1",
        port_, TUNEVAL_PROGRAM, TUNEVAL_SOURCE_DIR, folder_.string(), log().string());
    return std::system(command.c_str());
  }
  const int port_ = free_port();

  fs::path log() const { return folder_ / "log.txt"; }

  /// Lines of a JSONL file, parsed.
  static std::vector<Json> lines(const fs::path& file) {
    std::vector<Json> rows;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) rows.push_back(Json::parse(line));
    return rows;
  }
};

TEST_F(DistillTest, StudentsLearnFromAServedTeacherAndAreComparedWithIt) {
  ASSERT_EQ(distill(), 0) << read_file(log());
  const std::vector<Json> inputs = lines(folder_ / "inputs.jsonl");
  const std::vector<Json> rows = lines(folder_ / "pack/train.jsonl");
  EXPECT_EQ(inputs.size(), 177u);
  EXPECT_FALSE(inputs.front().contains("label"));
  EXPECT_GT(rows.size(), 100u);
  for (const Json& row : rows) EXPECT_TRUE(row.at("label").is_string());
  EXPECT_EQ(lines(folder_ / "pack/provenance.jsonl").size(), rows.size());

  std::map<std::string, int> kinds;
  for (const auto& file : fs::directory_iterator(folder_ / "students/records")) {
    const Json record = Json::parse(read_file(file.path()));
    EXPECT_EQ(record.at("status"), "done") << record.dump(1);
    ++kinds[record.value("kind", "model")];
  }
  EXPECT_EQ(kinds,
            (std::map<std::string, int>{
                {"majority", 1}, {"model", 1}, {"nearest", 1}, {"seed_only", 1}, {"teacher", 1}}));
  EXPECT_THAT(read_file(folder_ / "students/report.md"), ::testing::HasSubstr("eacher"));
}

TEST_F(DistillTest, DoneAgainItAsksAndTunesNothing) {
  ASSERT_EQ(distill(), 0) << read_file(log());
  const auto before = fs::last_write_time(folder_ / "pack/train.jsonl");
  ASSERT_EQ(distill(), 0) << read_file(log());
  EXPECT_THAT(read_file(log()), ::testing::HasSubstr("asked now: 0"));
  EXPECT_EQ(fs::last_write_time(folder_ / "pack/train.jsonl"), before);
}

}  // namespace
}  // namespace tuneval::testing
