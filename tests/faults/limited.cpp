#include "tests/faults/limited.h"

#include <boost/process.hpp>

#include <future>

namespace tuneval::testing {

namespace bp = boost::process;

Outcome limited(const std::string& before, const std::string& program,
                const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"-c", before + " \"$0\" \"$@\"", program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  boost::asio::io_context context;
  std::future<std::string> out, err;
  bp::child child("/bin/bash", bp::args(words), bp::std_in.close(), bp::std_out > out,
                  bp::std_err > err, context);
  context.run();
  child.wait();
  return {child.exit_code(), out.get(), err.get()};
}

Outcome limited(const std::string& before, const std::vector<std::string>& arguments) {
  return limited(before, TUNEVAL_PROGRAM, arguments);
}

}  // namespace tuneval::testing
