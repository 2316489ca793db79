#include "parts/question.h"
#include "tuneval/plugin.h"

namespace {

const tuneval::TaskSample kSample = {
    .options = R"({"no_answer": "unknown"})",
    .rows = {
        R"({"question": "Where does Ada live?", "answer": "Graz"})",
        R"({"question": "How old is she?", "context": "Ada is ten.", "answers": ["ten", "10"]})",
        R"({"question": "Who is Bob?", "answers": []})",
    }};

}  // namespace

TUNEVAL_PLUGIN("closed_book_qa", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<QuestionAnswering>(options, Book::closed);
  };
  registry.add_task_type("closed_book_qa", make, kSample);
}
