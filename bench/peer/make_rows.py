"""Writes rows that no task pack gives, as JSON Lines of {"ids": [...], "prompt_length": n}.

    make_rows.py KIND MODEL_FOLDER DATA_FOLDER COUNT OUTPUT [--tokens n] [--seed n]

unshared   Banking77's train rows without what every row begins with: the text, then the class
prompts    Banking77's test texts alone: prompts that share nothing
tools      distil/voice-assistant-banking: a row a tool call, learnt at that call; the 14 tools and
           what was said before stand in front of it
long       rows of --tokens tokens, learnt at every one: HotpotQA's paragraphs, one after the other
"""
import argparse
import csv
import json
import os
import random
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

from transformers import AutoTokenizer

TURN_END, ANSWER = "<|im_end|>\n", "<|im_start|>assistant\n"


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--seed", type=int, default=123)
    return parser.parse_args()


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def read_json_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def row(encode, prompt, answer):
    prompt = encode(prompt)
    return {"ids": prompt + encode(answer), "prompt_length": len(prompt)}


def shuffled(rows, options):
    rows = list(rows)
    random.Random(options.seed).shuffle(rows)
    return rows


def unshared(encode, options):
    for line in shuffled(read_csv(options.data / "banking77/train.csv"), options):
        yield row(encode, line["text"].strip() + TURN_END + ANSWER, line["category"] + TURN_END)


def prompts(encode, options):
    for line in shuffled(read_csv(options.data / "banking77/test.csv"), options):
        yield row(encode, line["text"].strip() + TURN_END + ANSWER, "")


def call_text(name, arguments):
    return "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"


def conversations(folder):
    """(messages, index of the call) for every call of every conversation."""
    for line in read_json_lines(folder / "train.jsonl"):
        answer = json.loads(line["answer"])
        messages = []
        for message in json.loads(line["question"]):
            for call in message.get("tool_calls", []):
                message = {"role": "assistant", "content": call_text(**call["function"])}
            messages.append(message)
        messages.append({"role": "assistant",
                         "content": call_text(answer["name"], answer["parameters"])})
        for i, message in enumerate(messages):
            if message["role"] == "assistant":
                yield messages, i


def system_text(folder):
    job = json.loads((folder / "job_description.json").read_text())
    tools = "\n".join(json.dumps(tool) for tool in job["tools"])
    return (f"{job['task_description']}\n\n# Tools\n\n<tools>\n{tools}\n</tools>\n\nCall one by "
            "<tool_call>\n{\"name\": name, \"arguments\": arguments}\n</tool_call>")


def tools(encode, options):
    folder = options.data / "distil/voice-assistant-banking"
    system = {"role": "system", "content": system_text(folder)}
    for messages, i in shuffled(conversations(folder), options):
        # Both templates (ChatML) write these roles alike; written out, rows of one conversation
        # begin alike to the last token.
        before = "".join(f"<|im_start|>{m['role']}\n{m['content']}{TURN_END}"
                         for m in [system, *messages[:i]])
        yield row(encode, before + ANSWER, messages[i]["content"] + TURN_END)


def long(encode, options):
    texts = (line["context"] for line in read_csv(options.data / "hotpotqa/train.csv"))
    ids = []
    for text in texts:
        ids += encode(text + "\n")
        if len(ids) >= options.tokens:
            yield {"ids": ids[: options.tokens], "prompt_length": 1}
            ids = []


KINDS = {"unshared": unshared, "prompts": prompts, "tools": tools, "long": long}


def main():
    options = parse()
    tokenizer = AutoTokenizer.from_pretrained(options.model)

    def encode(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"] if text else []

    made = []
    for new in KINDS[options.kind](encode, options):
        if len(made) == options.count:
            break
        made.append(new)
    if len(made) < options.count:
        raise SystemExit(f"{options.kind}: the data gives {len(made)} rows: expected "
                         f"{options.count}")
    options.output.write_text("".join(json.dumps(line) + "\n" for line in made))
    print(f"{options.output}: {len(made)} rows, {sum(len(r['ids']) for r in made)} tokens")


if __name__ == "__main__":
    main()
