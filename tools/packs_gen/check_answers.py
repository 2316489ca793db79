# SPDX-License-Identifier: Apache-2.0
"""The checks of the packs whose answers are texts, JSON or calls, and how far shallow rules get."""

import json
from collections import Counter

from .checking import balance, has_words, require, require_same_values, schema_fault, words_of
from .conversation import texts_of
from .grammar import fold

MIN_TRAIN, MIN_TEST, MAX_WORDS = 300, 100, 80
MAX_RATIO, MAX_CALL_RATIO = 2.0, 4.0
# Exact answers of the nearest train row. Closed-book questions are to be known from train, and
# short wishes come again in another place.
NEIGHBOUR_LIMIT = {"closed_book_qa": 0.9, "tool_calling": 0.75}
OTHER_NEIGHBOUR_LIMIT = 0.4
UNANSWERABLE, CARRIED = (0.08, 0.30), (0.20, 0.70)


def within(where, what, share, limits):
    require(limits[0] <= share <= limits[1], where,
            f"{what} is {share:.3f}: expected {limits[0]} to {limits[1]}")


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value)


def check_redaction(folder, options, train, test):
    """Each value stands in the text and not in the redacted one, which is else the same text."""
    kinds = []
    for row in train + test:
        text, entities = row["input"], row["output"]["entities"]
        fault = schema_fault(row["output"], options["schema"])
        require(not fault, folder, f"{text!r}: {fault}")
        for entity in entities:
            require(has_words(text, entity["value"]), folder, f"{text!r}: no {entity['value']}")
            text = text.replace(entity["value"], entity["replacement_token"])
        require(text == row["output"]["redacted_text"], folder, f"{row['input']!r}: not its text")
        kinds.append([entity["reason"] for entity in entities])
    split = len(train)
    require_same_values(folder, "reason", sum(kinds[:split], []), sum(kinds[split:], []), MAX_RATIO)
    return sum(not found for found in kinds) / len(kinds)


def check_documents(folder, options, train, test):
    """Every value outside a closed set stands in the document; closed sets are in balance."""
    schema = options["schema"]
    for row in train + test:
        fault = schema_fault(row["output"], schema)
        require(not fault, folder, f"{row['document']!r}: {fault}")
        for key, value in row["output"].items():
            grounded = "enum" in schema["properties"][key] or has_words(row["document"], value)
            require(grounded, folder, f"{row['document']!r}: {key} {value} is not in it")
    for key in schema["properties"]:
        require_same_values(folder, key, *([row["output"][key] for row in split]
                                           for split in (train, test)), MAX_RATIO)
    return sum(len(row["document"].splitlines()) > 6 for row in train + test) / len(train + test)


def check_open_book(folder, options, train, test):
    """An answer stands in its passage once; no passage is in both splits."""
    for row in train + test:
        for answer in row["answers"]:
            require(row["context"].count(answer) == 1, folder,
                    f"{row['question']!r}: {answer!r} is not once in {row['context']!r}")
            require(answer != options["no_answer"], folder, "an answer says that there is none")
    passages = [{fold(row["context"]) for row in split} for split in (train, test)]
    require(not passages[0] & passages[1], folder, "a passage is in train and in test")
    require_same_values(folder, "answer", *([answer for row in split for answer in row["answers"]]
                                            for split in (train, test)), 2 * MAX_RATIO)
    share = sum(not row["answers"] for row in train + test) / len(train + test)
    within(folder, "the share of questions without an answer", share, UNANSWERABLE)
    return share


def check_closed_book(folder, _, train, test):
    """An answer stands in what it rests on; what test rests on is in train, in other words."""
    for row in train + test:
        require(has_words(row["context"], row["answer"]), folder,
                f"{row['question']!r}: the answer is not in {row['context']!r}")
    known = Counter(row["context"] for row in train)
    missing = {row["context"] for row in test} - set(known)
    require(not missing, folder, f"not in train: {sorted(missing)[:1]}")
    require(balance(known) == 1, folder, "train does not ask for every fact equally often")
    return len({row["context"] for row in test}) / len(known)


def calls_of(row):
    """(what the user has just said, the call before or None, the call) of each turn."""
    before = None
    for user, assistant in zip(row["messages"][::2], row["messages"][1::2]):
        call = assistant["tool_calls"][0]["function"]
        yield user["content"], before, call
        before = call


def check_calls(folder, options, train, test):
    """Turns alternate, each answer is one call of a known tool, valid against its schema."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"]
               for tool in options["tools"]}
    for row in train + test:
        roles = [message["role"] for message in row["messages"]]
        require(roles == ["user", "assistant"] * (len(roles) // 2) and roles, folder,
                f"roles are {roles}")
        require(all(len(turn["tool_calls"]) == 1 for turn in row["messages"][1::2]), folder,
                f"{row['messages'][0]['content']!r}: a turn has not one call")
        for said, _, call in calls_of(row):
            require(call["name"] in schemas, folder, f"{said!r}: no tool {call['name']}")
            fault = schema_fault(call["arguments"], {**schemas[call["name"]], "required": []})
            require(not fault, folder, f"{said!r}: {fault}")
    names = [[call["name"] for row in split for _, _, call in calls_of(row)]
             for split in (train, test)]
    require(set(names[0]) == set(schemas), folder, "a tool is never called")
    require_same_values(folder, "calls", *names, MAX_CALL_RATIO)
    carried = [bool(before and (before["name"] == call["name"] or before["arguments"].items()
                                & call["arguments"].items()))
               for row in train + test for _, before, call in calls_of(row)]
    share = sum(carried) / len(carried)
    within(folder, "the share of calls that rest on the call before", share, CARRIED)
    return share


def questions_of(task_type, rows):
    """(what is asked, the answer as text) of each example."""
    for row in rows:
        if task_type == "tool_calling":
            for said, before, call in calls_of(row):
                yield (f"{before['name']} " if before else "") + said, json.dumps(call)
        elif task_type == "open_book_qa":
            yield f"{row['question']} {row['context']}", "".join(row["answers"])
        elif task_type == "closed_book_qa":
            yield row["question"], row["answer"]
        else:
            yield row.get("input") or row["document"], as_text(row["output"])


def keys_of(task_type, row):
    """By what two examples count as the same; the last stands for the whole row."""
    if task_type == "tool_calling":
        return [fold(text) for text in texts_of(row)]
    parts = [row.get(key, "") for key in ("input", "document", "question")]
    return [fold(" ".join(parts + [row["context"]] if task_type == "open_book_qa" else parts))]


def check_distinct(folder, task_type, train, test):
    """No row occurs twice, and no example is in both splits."""
    keys = [[keys_of(task_type, row) for row in split] for split in (train, test)]
    whole = [found[-1] for split in keys for found in split]
    require(len(set(whole)) == len(whole), folder, "a row occurs twice")
    both = set.intersection(*(set(sum(split, [])) for split in keys))
    require(not both, folder, f"in train and in test: {sorted(both)[:1]}")


def nearest_answer(train, test):
    """The share of examples that the answer of the most similar train example gets right."""
    bags = [(words_of(text), answer) for text, answer in train]

    def best(text):
        bag = words_of(text)
        return max(bags, key=lambda other: len(bag & other[0]) / len(bag | other[0] | {""}))[1]
    return sum(best(text) == answer for text, answer in test) / len(test)


CHECKS = {"information_extraction": check_redaction, "document_understanding": check_documents,
          "open_book_qa": check_open_book, "closed_book_qa": check_closed_book,
          "tool_calling": check_calls}


def check_answers(folder, manifest, train, test):
    """Checks a pack by its task type; returns its figures, or ends with what is wrong."""
    task_type = manifest["task_type"]
    require(manifest["name"] == folder.name, folder, f'"name" is "{manifest["name"]}"')
    check_distinct(folder, task_type, train, test)
    special = CHECKS[task_type](folder, manifest["options"], train, test)
    asked = [list(questions_of(task_type, split)) for split in (train, test)]
    require(len(asked[0]) >= MIN_TRAIN and len(asked[1]) >= MIN_TEST, folder,
            f"{len(asked[0])} train and {len(asked[1])} test examples: expected {MIN_TRAIN} "
            f"and {MIN_TEST}")
    lengths = [len(text.split()) for split in asked for text, _ in split]
    require(max(lengths) <= MAX_WORDS, folder, f"a text has {max(lengths)} words")
    majority = Counter(answer for _, answer in asked[1]).most_common(1)[0][1] / len(asked[1])
    neighbour = nearest_answer(*asked)
    limit = NEIGHBOUR_LIMIT.get(task_type, OTHER_NEIGHBOUR_LIMIT)
    require(neighbour <= limit, folder,
            f"neighbour rule reaches {neighbour:.3f}: expected at most {limit}")
    return {"rows": f"{len(train)} + {len(test)}", "train": len(asked[0]), "test": len(asked[1]),
            "words": sum(lengths) / len(lengths), "majority": majority, "neighbour": neighbour,
            "special": special}
