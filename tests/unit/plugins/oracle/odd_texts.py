# SPDX-License-Identifier: Apache-2.0
"""Texts that a text metric can go wrong on, and how the cases of an oracle are written to a file."""

import json
import random
from pathlib import Path

WORDS = """the a an The AN A cat cats Cat's running ran runs happily happiness relational conditional
 rational vietnamization sky skies dying news flies dies enjoy enjoyed 2020 3.14 1,000 $5 U.S. e.g. don't
 it's co-operate naïve café CAFÉ Straße STRASSE ΣΊΣΥΦΟΣ σίσυφος \u0130stanbul istanbul \u01c5 \u212a \u212aelvin \u212b \u0130 ß \ufb01
 東京 北京市 привет ПРИВЕТ مرحبا שלום नमस्ते 🙂 👩‍👩‍👧 \u00e9 e\u0301 x–the–y the—cat a_b the_cat _the_ (the) “the”
 a.n t.h.e ٣ ² Ⅷ ½ ª controll roll generically archaeologi geologi theologies agreed feed plastered
 motoring hopping tanned falling hissing fizzed failing filing conflated troubled sized an.other""".split()
SPACES = [" ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\x1c", "\x85", "\u2028", ", ", "-", "; "]
WHOLE = ["", " ", "\n\t", ".", "!?…", "the", "a an the", "The.", "\x00", "a\x00b", "\u00ad", "🙂🙂", "...the...", "A",
         "yyyyyyyy", "y" * 300, "ab" * 40, "x" * 64, "x " * 64 + "y", "{}", "[]", "null", '{"a": 1}',
         "unanswerable", "\u0301a", "a\u0301", "\u00c1A\u0300", "\ufeffthe", "\u212a", "\u0130", "\u0130\u0130x", "_",
         "__the__", "0", "00", "-1", "Σ", "ΑΣ", "ΑΣ.", "Σ'Σ"]


def sentence(rng, least=0, most=14):
    """Words with all kinds of space between them."""
    text = ""
    for _ in range(rng.randint(least, most)):
        text += rng.choice(WORDS) + (rng.choice(SPACES) if rng.random() < 0.3 else " ")
    return text if rng.random() < 0.2 else text.strip(" ")


def near(rng, text):
    """The text with a word lost, put in, moved or in another case."""
    words = text.split(" ")
    for _ in range(rng.randint(0, 4)):
        at = rng.randrange(len(words) + 1)
        what = rng.random()
        if what < 0.3:
            words.insert(at, rng.choice(WORDS))
        elif what < 0.6 and len(words) > 1:
            words.pop(at % len(words))
        elif what < 0.8 and words:
            words[at % len(words)] = words[at % len(words)].swapcase()
        else:
            rng.shuffle(words)
    return " ".join(words)


def repeated(text, times):
    """A long text, written briefly."""
    return {"repeat": text, "times": times}


def unfold(text):
    return text["repeat"] * text["times"] if isinstance(text, dict) else text


def pairs(seed, drawn):
    """(references, prediction); a prediction of None was not parsed."""
    rng = random.Random(seed)
    for text in WHOLE:
        yield [text], text
        yield [text], ""
        yield [""], text
        yield [text], rng.choice(WHOLE)
    for word in WORDS:
        yield [word], word.lower()
    for _ in range(drawn):
        references = [sentence(rng) for _ in range(rng.choice([1, 1, 1, 2, 3, 5]))]
        if rng.random() < 0.08:
            references = [""]
        prediction = near(rng, rng.choice(references)) if rng.random() < 0.75 else sentence(rng)
        if rng.random() < 0.05:
            prediction = ""
        yield references, None if rng.random() < 0.04 else prediction


def write(name, oracle, **parts):
    """NAME.json beside this file, a line for each item of a list."""
    lines = [f'{{"oracle": {json.dumps(oracle)}']
    for key, value in parts.items():
        if isinstance(value, list):
            inner = ",\n".join(json.dumps(one, ensure_ascii=False) for one in value)
            lines.append(f'"{key}": [\n{inner}\n]')
        else:
            lines.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    text = ",\n".join(lines) + "}\n"
    Path(__file__).with_name(name + ".json").write_text(text, encoding="utf-8")
