#include "sample.h"

tuneval::TaskSample sample() {
  return {.options = R"({"refusals": true, "tools": [
        {"name": "look", "description": "Looks a thing up.", "parameters": {"type": "object",
         "properties": {"thing": {"type": "string"}, "deep": {"type": "boolean", "default": false}},
         "required": ["thing"]}},
        {"type": "function", "function": {"name": "stop"}}]})",
          .rows = {
              R"({"messages": [{"role": "user", "content": "Find tea."},
              {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function",
               "function": {"name": "look", "arguments": "{\"thing\": \"tea\"}"}}]}],
              "tools": [{"type": "function", "function": {"name": "look", "parameters":
               {"type": "object", "properties": {"thing": {"type": "string"}}}}}],
              "notes": {"category": "simple", "possible_answer": [{"look": {"thing": ["tea"]}}]}})",
              R"({"messages": [{"role": "system", "content": "Be quick."},
              {"role": "user", "content": "Find tea and milk."},
              {"role": "assistant", "tool_calls": [
                {"function": {"name": "look", "arguments": {"thing": "tea"}}},
                {"function": {"name": "look", "arguments": {"thing": "milk", "deep": true}}}]},
              {"role": "tool", "content": {"found": 2}}, {"role": "tool", "content": "none"},
              {"role": "assistant", "content": "No milk."},
              {"role": "user", "content": "Enough."},
              {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "stop"}}]}]})",
              R"({"messages": [{"role": "user", "content": "Sing!"},
              {"role": "assistant", "content": "I cannot sing."}]})",
              R"({"question": "Find rice.",
              "answer": "{\"name\": \"look\", \"parameters\": {\"thing\": \"rice\"}}"})",
              R"({"question": "[{\"role\": \"user\", \"content\": \"Stop.\"}]",
              "answer": {"name": "stop", "arguments": {}}})",
              R"({"question": [{"role": "user", "content": "Tea, then stop."}],
              "answer": [{"name": "look", "arguments": {"thing": "tea"}}, {"name": "stop"}]})",
              R"({"question": "Dance!", "answer": []})",
          }};
}
