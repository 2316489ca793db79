#include "parts/question.h"
#include "tuneval/plugin.h"

namespace {

const tuneval::TaskSample kSample = {
    .options = R"({"no_answer": "not stated"})",
    .rows = {
        R"({"question": "Where does Ada live?", "context": "Ada lives in Graz.", "answer": "Graz"})",
        R"({"question": "How old is she?", "context": "Ada is ten.",
            "answers": ["ten", "ten years", "ten"]})",
        R"({"question": "Who is Bob?", "context": "Ada is ten.", "answers": []})",
        R"({"question": "Who is Eve?", "context": "Ada is ten.", "answer": ""})",
    }};

}  // namespace

TUNEVAL_PLUGIN("open_book_qa", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<QuestionAnswering>(options, Book::open);
  };
  registry.add_task_type("open_book_qa", make, kSample);
}
