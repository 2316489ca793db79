# SPDX-License-Identifier: Apache-2.0
"""Writes the pre-training pack: classification by reading the class list, and plain chat."""

import json
import random

from .corpus_chat import chat_messages
from .corpus_classify import classification_row, render
from .corpus_plain import plain_row
from .grammar import fold
from .pack_writer import PACKS, make_rows, manifest, write_jsonl

NAME = "pretrain_mix"
DESCRIPTION = "General English, instructions and sorting by a class list, for tiny language models."
CLASSIFICATION_SHARE = 0.65
TEST_SHARE, MAX_TEST = 0.02, 400
_ATTEMPTS_A_ROW = 200


class Excluded:
    """What the corpus must not hold: the inputs of the packs, and their own task headers."""

    def __init__(self, seed):
        self.inputs = {fold(row["input"]) for pack in PACKS for part in make_rows(pack, seed)
                       for row in part}
        self.tasks = {(fold(pack.DESCRIPTION), frozenset(name for name, _ in pack.classes()))
                      for pack in PACKS}
        self.descriptions = {description for description, _ in self.tasks}
        self.label_sets = {labels for _, labels in self.tasks}

    def holds(self, description, labels, text):
        names = frozenset(name for name, _ in labels)
        return (fold(text) in self.inputs or names in self.label_sets
                or fold(description) in self.descriptions)


def one_row(rng, excluded, plain):
    """The messages of one row, or None where the packs' own rows would leak."""
    if not plain and rng.random() >= CLASSIFICATION_SHARE:
        messages = chat_messages(rng)
        leaked = any(fold(message["content"]) in excluded.inputs for message in messages)
        return None if leaked else messages
    description, labels, text, target = plain_row(rng) if plain else classification_row(rng)
    if excluded.holds(description, labels, text):
        return None
    return [{"role": "user", "content": render(description, labels, text)},
            {"role": "assistant", "content": labels[target][0]}]


def draw_corpus(count, seed, plain):
    """`count` rows, no two with the same first user message and answer."""
    rng, excluded, seen, rows = random.Random(f"{seed}/corpus"), Excluded(seed), set(), []
    for _ in range(count):
        for _ in range(_ATTEMPTS_A_ROW):
            messages = one_row(rng, excluded, plain)
            key = messages and fold(json.dumps(messages))
            if messages and key not in seen:
                break
        else:
            raise SystemExit(f"corpus: the grammars give no more new rows after {len(rows)}")
        seen.add(key)
        rows.append({"messages": messages})
    return rows


def write_corpus(folder, count, seed, plain=False):
    """Writes DIR/pack.toml, train.jsonl with `count` rows, and a small test.jsonl."""
    if count < 1:
        raise SystemExit("--rows: expected at least 1")
    test_count = max(1, min(MAX_TEST, round(count * TEST_SHARE)))
    rows = draw_corpus(count + test_count, seed, plain)
    folder.mkdir(parents=True, exist_ok=True)
    text = manifest(NAME, "chat", DESCRIPTION)
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    write_jsonl(folder / "train.jsonl", rows[test_count:])
    write_jsonl(folder / "test.jsonl", rows[:test_count])
