# SPDX-License-Identifier: Apache-2.0
"""A small compositional grammar: `(a|b|)` picks one alternative, `{slot}` one entry of a list."""

import re

_NODE = re.compile(r"\(([^()]*\|[^()]*)\)|\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])(?!(?:uni|us|US|eu|one)\w*)")
_WORD = re.compile(r"[^\W_]+|[^\w\s.,;:!?'\"()\[\]{}`]")
_SENTENCE_START = re.compile(r"(^|[.!?:] )([a-z])")
_CASUAL = (("please", "pls"), ("you", "u"), ("because", "cuz"), ("thanks", "thx"),
           ("I am", "im"), ("I'm", "im"), ("going to", "gonna"), ("do not", "dont"),
           ("cannot", "cant"), ("really", "rly"), ("and", "n"), ("your", "ur"))


def expand(rng, text, lexicon):
    """Replaces every alternative and slot of `text`; slots may hold alternatives themselves."""
    def pick(match):
        if match.group(2):
            return rng.choice(lexicon[match.group(2)])
        return rng.choice(match.group(1).split("|"))

    while True:
        text, count = _NODE.subn(pick, text)
        if not count:
            return text


def tidy(text):
    """Folds blanks, mends `a apple`, and puts capitals at the starts of sentences."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.!?;:])", r"\1", text)
    text = re.sub(r",\.", ".", text)
    text = _ARTICLE.sub(r"\1n ", text)
    return _SENTENCE_START.sub(lambda m: m.group(1) + m.group(2).upper(), text)


def typo(rng, text):
    """One slip of the finger (swap, drop or double a letter) inside one longer word."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return text
    index = rng.choice(long)
    word, at = words[index], rng.randrange(2, len(words[index]) - 2)
    words[index] = rng.choice((word[:at] + word[at + 1] + word[at] + word[at + 2:],
                               word[:at] + word[at + 1:],
                               word[:at] + word[at] + word[at:]))
    return " ".join(words)


def casual(rng, text):
    """The same text typed in a hurry: lower case, few marks, some short forms."""
    for long, short in _CASUAL:
        if rng.random() < 0.6:
            text = re.sub(rf"\b{long}\b", short, text)
    text = text.lower().replace("'", "").rstrip(".")
    return text.replace(". ", rng.choice((" ", ". ", ", "))) if rng.random() < 0.5 else text


def roughen(rng, text, typo_rate=0.08, casual_rate=0.15):
    """Leaves most texts as they are; gives a few of them typos or a hurried style."""
    if rng.random() < casual_rate:
        text = casual(rng, text)
    if rng.random() < typo_rate:
        text = typo(rng, text)
    return text


def fold(text):
    """The form in which two rows count as the same: lower case, blanks folded."""
    return " ".join(text.lower().split())


def triples(text):
    """The set of the runs of three words in a text, by which two texts are compared."""
    words = _WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:])) or {tuple(words)}


def seen_in(split, templates):
    """The templates a split may use: every fifth one is kept for the test rows alone."""
    if split == "test":
        return list(templates)
    return [template for index, template in enumerate(templates) if index % 5 != 4]
