# SPDX-License-Identifier: Apache-2.0
"""Reads packs back from their files and measures how far shallow rules get on them."""

import math
import tomllib
from collections import Counter, defaultdict

from .check_answers import check_answers
from .checking import read_jsonl, require, words_of
from .grammar import fold

KEYWORD_LIMIT = 0.70
NEIGHBOUR_LIMIT = 0.92
BAYES_LIMIT = 0.92
MIN_TRAIN, MIN_TEST, MAX_RATIO, MAX_DESCRIPTION_WORDS = 240, 150, 2.0, 8


def keyword_rule(train, test):
    """For each class the one word with the best F1 on train; the surest word present decides."""
    present, joint, total = Counter(), Counter(), Counter(row["label"] for row in train)
    for row in train:
        for word in words_of(row["input"]):
            present[word] += 1
            joint[word, row["label"]] += 1
    best = {}
    for (word, label), both in joint.items():
        f1 = 2 * both / (present[word] + total[label])
        if (f1, word) > best.get(label, (0, ""))[:2]:
            best[label] = (f1, word, both / present[word])
    fallback = max(total, key=lambda label: (total[label], label))

    def predict(text):
        found = [(sure, label) for label, (_, word, sure) in best.items() if word in words_of(text)]
        return max(found)[1] if found else fallback
    return sum(predict(row["input"]) == row["label"] for row in test) / len(test)


def nearest_neighbour(train, test):
    """Accuracy of the label of the train row with the most similar weighted bag of words."""
    bags = [words_of(row["input"]) for row in train]
    seen = Counter(word for bag in bags for word in bag)
    weight = defaultdict(lambda: 0.0, {w: math.log(len(bags) / n) ** 2 for w, n in seen.items()})
    norms = [math.sqrt(sum(weight[word] for word in bag)) or 1.0 for bag in bags]
    right = 0
    for row in test:
        bag = words_of(row["input"])
        scores = [sum(weight[w] for w in bag & other) / norm for other, norm in zip(bags, norms)]
        right += train[scores.index(max(scores))]["label"] == row["label"]
    return right / len(test)


def naive_bayes(train, test):
    """Accuracy of a multinomial model over word sets, add-half smoothing."""
    total, joint, sums = Counter(row["label"] for row in train), Counter(), Counter()
    for row in train:
        for word in words_of(row["input"]):
            joint[word, row["label"]] += 1
            sums[row["label"]] += 1
    vocabulary = len({word for word, _ in joint})

    def score(bag, label):
        base = sums[label] + 0.5 * vocabulary
        return math.log(total[label]) + sum(math.log((joint[w, label] + 0.5) / base) for w in bag)
    right = sum(max(sorted(total), key=lambda label: score(words_of(row["input"]), label))
                == row["label"] for row in test)
    return right / len(test)


def check_shape(folder, manifest, train, test):
    """Sizes, label sets, balance, leaks between the splits, length of descriptions."""
    names = [entry["name"] for entry in manifest["options"]["classes"]]
    require(manifest["name"] == folder.name, folder, f'"name" is "{manifest["name"]}"')
    require(len(train) >= MIN_TRAIN and len(test) >= MIN_TEST, folder,
            f"{len(train)} train and {len(test)} test rows: expected {MIN_TRAIN} and {MIN_TEST}")
    for entry in manifest["options"]["classes"]:
        require(len(entry["description"].split()) <= MAX_DESCRIPTION_WORDS, folder,
                f'the description of {entry["name"]} is longer than {MAX_DESCRIPTION_WORDS} words')
    for split, rows in (("train", train), ("test", test)):
        counts = Counter(row["label"] for row in rows)
        require(set(counts) == set(names), folder, f"{split}: labels differ from the class list")
        require(max(counts.values()) <= MAX_RATIO * min(counts.values()), folder,
                f"{split}: classes are out of balance: {dict(counts)}")
    inputs = [fold(row["input"]) for row in train + test]
    require(len(set(inputs)) == len(inputs), folder, "an input occurs twice")


def check_pack(folder):
    """Checks one pack; returns its figures, or ends with what is wrong."""
    manifest = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    train, test = read_jsonl(folder / "train.jsonl"), read_jsonl(folder / "test.jsonl")
    if manifest["task_type"] != "classification":
        return {"pack": folder.name, "task_type": manifest["task_type"],
                **check_answers(folder, manifest, train, test)}
    check_shape(folder, manifest, train, test)
    counts = Counter(row["label"] for row in test)
    figures = {
        "pack": folder.name, "task_type": "classification", "classes": len(counts),
        "train": len(train), "test": len(test),
        "words": sum(len(row["input"].split()) for row in train + test) / len(train + test),
        "majority": max(counts.values()) / len(test), "keyword": keyword_rule(train, test),
        "neighbour": nearest_neighbour(train, test), "bayes": naive_bayes(train, test),
    }
    for key, limit in (("keyword", KEYWORD_LIMIT), ("neighbour", NEIGHBOUR_LIMIT),
                       ("bayes", BAYES_LIMIT)):
        require(figures[key] < limit, folder,
                f"{key} rule reaches {figures[key]:.3f}: expected below {limit}")
    return figures


def table(columns, rows):
    """The figures as a Markdown table; fractions as percentages, means with one decimal."""
    def cell(key, row):
        value = row[key]
        if not isinstance(value, float):
            return str(value)
        return f"{value:.1f}" if key == "words" else f"{100 * value:.1f} %"

    lines = ["| " + " | ".join(columns) + " |",
             "| " + " | ".join("---" if column == "pack" else "---:" for column in columns) + " |"]
    for row in rows:
        lines.append("| " + " | ".join(cell(key, row) for key in columns.values()) + " |")
    return "\n".join(lines)


def tables(rows):
    """One table of the classification packs, one of the others."""
    sizes = {"train": "train", "test": "test", "words": "words", "majority": "majority"}
    first = {"pack": "pack", "classes": "classes", **sizes, "keyword": "keyword",
             "neighbour": "neighbour", "Bayes": "bayes"}
    second = {"pack": "pack", "rows": "rows", **sizes, "neighbour": "neighbour",
              "special": "special"}
    classified = [row for row in rows if row["task_type"] == "classification"]
    return "\n\n".join(table(columns, group) for columns, group in (
        (first, classified), (second, [row for row in rows if row not in classified])) if group)
