#include "tests/end_to_end/program.h"

#include <boost/process.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

namespace tuneval::testing {

namespace bp = boost::process;
namespace fs = std::filesystem;

Outcome tuneval(const std::vector<std::string>& arguments) {
  boost::asio::io_context context;
  std::future<std::string> out, err;
  bp::child child(TUNEVAL_PROGRAM, bp::args(arguments), bp::std_in.close(), bp::std_out > out,
                  bp::std_err > err, context);
  context.run();
  child.wait();
  return {child.exit_code(), out.get(), err.get()};
}

Outcome tuneval_reading(const fs::path& input, const std::vector<std::string>& arguments) {
  boost::asio::io_context context;
  std::future<std::string> out, err;
  bp::child child(TUNEVAL_PROGRAM, bp::args(arguments), bp::std_in<input.string(), bp::std_out> out,
                  bp::std_err > err, context);
  context.run();
  child.wait();
  return {child.exit_code(), out.get(), err.get()};
}

bool tuneval_killed_when(const std::vector<std::string>& arguments,
                         const std::function<bool()>& now) {
  bp::child child(TUNEVAL_PROGRAM, bp::args(arguments), bp::std_in.close(), bp::std_out > bp::null,
                  bp::std_err > bp::null);
  while (child.running()) {
    if (now()) {
      child.terminate();  // SIGKILL
      child.wait();
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  child.wait();
  return false;
}

Outcome tuneval_within(const std::string& limits, const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"-c", "ulimit " + limits + "; exec \"$0\" \"$@\"",
                                  TUNEVAL_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  boost::asio::io_context context;
  std::future<std::string> out, err;
  bp::child child("/bin/bash", bp::args(all), bp::std_in.close(), bp::std_out > out,
                  bp::std_err > err, context);
  context.run();
  child.wait();
  return {child.exit_code(), out.get(), err.get()};
}

std::optional<Outcome> tuneval_signalled_when(const std::vector<std::string>& arguments, int signal,
                                              const std::function<bool()>& now) {
  boost::asio::io_context context;
  std::future<std::string> out, err;
  bp::child child(TUNEVAL_PROGRAM, bp::args(arguments), bp::std_in.close(), bp::std_out > out,
                  bp::std_err > err, context);
  std::thread reader([&] { context.run(); });
  bool sent = false;
  while (!sent && child.running()) {
    sent = now() && ::kill(child.id(), signal) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  child.wait();
  reader.join();
  if (!sent) return std::nullopt;
  return Outcome{child.exit_code(), out.get(), err.get()};
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  ASSERT_TRUE(stream.good()) << path;
}

void ProgramTest::SetUp() {
  std::string pattern = (fs::temp_directory_path() / "tuneval-test-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
}

void ProgramTest::TearDown() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

fs::path shared_data() {
  const char* named = std::getenv("TUNEVAL_SHARED_DATA");
  return named ? named : TUNEVAL_SHARED_DATA_DIR;
}

}  // namespace tuneval::testing
