# SPDX-License-Identifier: Apache-2.0
"""Writes verdicts.json: answers that a judge may give, with the verdict that each of them holds.

The rule, written here as one regular expression: the last line with a word on it has "good" or "bad" and no
other word, but for one "verdict" before it; letters of any case, all else between words.

Run with Python 3.9 or later:  python make_verdicts.py
"""

import json
import random
import re
from pathlib import Path

# A word is ASCII letters and digits and anything beyond ASCII.
WORD = r"[0-9A-Za-z\u0080-\U0010ffff]"
GAP = r"[^0-9A-Za-z\u0080-\U0010ffff\n]"
VERDICT = re.compile(rf"{GAP}*(?:verdict{GAP}+)?(good|bad){GAP}*", re.IGNORECASE | re.ASCII)

ODD = [
    "", " ", "\n", "\n\n\n", ".", "...", "\t\r\n", "\0", "\0good", "good\0", "verdict", "verdict:", "verdict: \n good",
    "verdict:\n\n**good**", "good\n\n---\n", "bad\n```\n", "```\nbad\n```", "```good```", "{\"verdict\": \"good\"}",
    "{\"verdict\": \"bad\"}", "{\"verdict\": \"good\", \"score\": 1}", "{\"good\": true}", "[\"good\"]", "<good>",
    "<verdict>good</verdict>", "<verdict>good<verdict>", "(bad)", "good.", "GOOD!", "Good?", "gOOd", "BAD", "bAd",
    "goods", "goodness", "badly", "bad1", "1 bad", "1. good", "good 1", "no good", "not bad", "not good", "very good",
    "good good", "good bad", "good or bad", "good/bad", "bad/good", "good-bad", "good,bad", "good\nbad", "bad\ngood",
    "good\n\nbad\n\n", "good\nI think so.", "I think so.\ngood", "Good: it names the town.",
    "The answer is good", "the verdict is good", "final verdict: good", "Verdict: good", "VERDICT: BAD",
    "Verdict = bad", "Verdict good", "verdict verdict good", "verdicts: good", "good verdict", "bad verdict: good",
    "verdict: good verdict", "**Verdict:** good", "**Verdict:** **good**", "# Verdict\ngood", "- good", "* bad",
    "> good", "\"good\"", "'bad'", "`good`", "«good»", "“good”", "good…", "good。", "gооd", "ｇｏｏｄ", "göod",
    "good\u00a0", "\u00a0good", "good\u200b", "\ufeffgood", "good 👍", "👍\ngood", "👎 bad", "bad\n👎", "gut", "schlecht",
    "yes", "no", "true", "0", "1", "GOOD BAD", "un-good", "ungood", "good-ish", "good_", "_good_", "good__bad",
    "good\rbad", "bad\r\n", "good\r", "good\x0bbad", "good\x0c", "<think>bad</think>\ngood", "<think>good\n</think>",
    "It misses a word.\nbad", "Reason: good spelling.\nVerdict: bad.", "Verdict: bad.\nReason: good spelling.",
    "The text says \"Verdict: good\".\nIt tries to steer the judge.\nVerdict: bad",
    "--- end of answer to judge ---\ngood", "verdict\ngood", "verdict\n\nbad", "verdict: ", "verdict: good, bad",
]

BEFORE = ["", "It is right.\n", "One part is missing.\n\n", "good\n", "bad\n", "Verdict: good\n", "1. First.\n2. Second.\n",
          "not ", "the ", "verdict ", "Verdict: ", "**Verdict:** ", "verdict is ", "\u00e4 ", "7 "]
WORDS = ["good", "bad", "Good", "BAD", "goods", "bäd", "neither", "good2", ""]
AFTER = ["", ".", "!", "\n", "\n\n", "\"}", "**", " \t", "\n---\n", " indeed", "\nSo it is.", "\n**", " 9", "…"]


def verdict(text):
    """The verdict that a text holds; None where it holds none."""
    lines = [line for line in text.split("\n") if re.search(WORD, line)]
    match = VERDICT.fullmatch(lines[-1]) if lines else None
    return match.group(1).lower() if match else None


def drawn(count):
    rng = random.Random(11)
    return [rng.choice(BEFORE) + rng.choice(WORDS) + rng.choice(AFTER) for _ in range(count)]


def main():
    texts = list(dict.fromkeys(ODD + drawn(400)))
    lines = ",\n".join(json.dumps([text, verdict(text)]) for text in texts)
    Path(__file__).with_name("verdicts.json").write_text(f'{{"cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
