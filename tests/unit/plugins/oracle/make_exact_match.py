# SPDX-License-Identifier: Apache-2.0
"""Writes exact_match.json and json_valid.json, as Python's own strings and json module have them.

The options' meaning is that of Hugging Face's exact_match: np.char.lower, then punctuation and digits
taken out by str.translate. Run:  python make_exact_match.py
"""

import json
import random
import string
import sys

import odd_texts

SPACE = " \t\n\v\f\r"
JSON_TEXTS = ['{"a":1,"b":[1,2]}', '{"b": [1.0, 2], "a": 1}', '{"a":1,"b":[2,1]}', '{"a":true}', '{"a":1}', '{"a":1.0}',
              '{"a":"1"}', '{"a":null}', '{}', '[]', '[1]', '[true]', '["x"]', '["X"]', '[[]]', '[{"a":{"b":"é"}}]',
              '[{"a":{"b":"\\u00e9"}}]', '{"a":1,"a":2}', '{"a":2}', '{"a":1,}', '{a:1}', "{'a':1}", '[1,]', '[NaN]',
              '[-0]', '[0]', '[01]', '[1e2]', '[100]', '"x"', 'x', '1', '1.0', 'true', 'null', '{"a":1} ', ' {"a" : 1}',
              '{"a":1}{', '[1', ']', '{"a":"\n"}', '[1.]', '[.5]', '[+1]', '["\\x"]', '["\\ud800"]', '[1e400]', '"',
              '[' * 200 + ']' * 200, '//x', '[1] // one', '[Infinity]', '\ufeff[1]', '[9007199254740993]',
              '[9007199254740992]', '[9007199254740992.0]', '{"":{}}', '[""]', '[" "]', '\x0b[1]', '\xa0[1]']


def refuse(text):
    raise ValueError(text)


def strict_number(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def strict_string(value):
    """Lone surrogates are no UTF-8."""
    json.dumps(value, ensure_ascii=False).encode()
    return value


def parse(text):
    """RFC 8259; ValueError for all else."""
    value = json.loads(text, parse_constant=refuse, parse_float=strict_number)
    return strict_string(value)


def is_valid(text):
    try:
        parse(text.strip(SPACE))
    except ValueError:
        return False
    return True


def typed(value):
    """Equal for equal JSON values: Python's True equals its 1, JSON's does not."""
    if isinstance(value, dict):
        return {key: typed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [typed(one) for one in value]
    return (isinstance(value, bool), value)


def normal(text, case, punctuation, digits):
    text = text.strip(SPACE)
    if case:
        text = text.lower()
    if punctuation:
        text = text.translate(str.maketrans("", "", string.punctuation))
    if digits:
        text = text.translate(str.maketrans("", "", string.digits))
    return text.strip(SPACE)


def equal(right, given, options):
    if normal(right, *options) == normal(given, *options):
        return True
    right, given = right.strip(SPACE), given.strip(SPACE)
    if right[:1] not in ("{", "[") or given[:1] not in ("{", "["):
        return False
    return is_valid(right) and is_valid(given) and typed(parse(right)) == typed(parse(given))


def odd_pairs():
    yield from odd_texts.pairs(31, 120)
    rng = random.Random(32)
    for text in JSON_TEXTS:
        for other in [text, *rng.sample(JSON_TEXTS, 3)]:
            yield [other], text
    for _ in range(60):
        yield rng.sample(JSON_TEXTS, rng.randint(1, 4)), rng.choice(JSON_TEXTS)
    for a, b in [("{\"a\":1}", "{ \"a\" : 1.0 }"), ("{\"a\":true}", "{\"a\":1}"), ("[1,2]", "[2,1]"),
                 ("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"), ("[-0]", "[0]"), ("[1e2]", "[100]")]:
        yield [a], b
        yield [b], a


def main():
    cases, seen = [], set()
    for references, prediction in odd_pairs():
        case = {"references": references, "prediction": prediction, "values": []}
        for options in [(c, p, d) for c in (0, 1) for p in (0, 1) for d in (0, 1)]:
            hit = prediction is not None and any(equal(one, prediction, options) for one in references)
            case["values"].append(int(hit))
        if (key := json.dumps(case)) not in seen:
            seen.add(key)
            cases.append(case)
    version = f"Python {sys.version.split()[0]}"
    odd_texts.write("exact_match", version, cases=cases)
    texts = [*JSON_TEXTS, *odd_texts.WHOLE]
    rng = random.Random(33)
    while len(texts) < 240:  # valid ones with a character lost, doubled or changed
        text = rng.choice(JSON_TEXTS)
        at = rng.randrange(len(text))
        texts.append(text[:at] + rng.choice(["", text[at] * 2, rng.choice('{}[]",:0e\\ ')]) + text[at + 1:])
    answers = []
    for text in texts:
        valid, start = is_valid(text), text.strip(SPACE)[:1]
        answers.append({"text": text, "any": int(valid), "object": int(valid and start == "{"),
                        "array": int(valid and start == "[")})
    odd_texts.write("json_valid", version, cases=answers)


if __name__ == "__main__":
    main()
