# SPDX-License-Identifier: Apache-2.0
"""Writes field_f1.json: F1 over the leaves of odd JSON answers, by another way than the metric's.

Every value is flattened to a Counter of (place, leaf), and Counters are intersected. Run:
python make_field_f1.py
"""

import json
import random
import re
import sys
from collections import Counter

import odd_texts

SPACE = " \t\n\v\f\r"
OPTIONS = [{}, {"lists": "order"}, {"text": "loose"}, {"numbers": "loose"},
           {"lists": "order", "text": "loose", "numbers": "loose"}, {"lists": "set", "text": "loose", "numbers": "loose"}]
KEYS = ["name", "total", "items", "seller", "a.b", "", "é", "[]", "x" * 90, "date", "price", "city", "kind"]
SCALARS = [1, 1.0, 2, "1", " 1 ", "1.0", "1e0", True, False, "true", None, "", " ", "Ann", "ann", " Ann  Lee", "ann lee",
           "ANN\tLEE", 0, -0.0, 1e300, 12345678901234567890, 9007199254740993, 9007199254740992.0, 0.1, "0.1", "é", "É",
           "null", "[]", -5, "-5", "01", "+1", 18446744073709551615, 1e-320, "a,b", "}", "x\u0000y", "🙂"]


def is_number(text):
    return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", text, re.ASCII)


def leaf(value, options):
    """Hashable; Python's own equality of int and float, but True apart from 1."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, (int, float)):
        return ("number", value)
    if options.get("numbers") == "loose" and is_number(value.strip(SPACE)):
        text = value.strip(SPACE)
        return ("number", int(text) if re.fullmatch(r"-?\d+", text, re.ASCII) else float(text))
    if options.get("text") == "loose":
        value = re.sub(f"[{SPACE}]+", " ", value.strip(SPACE))
        value = re.sub("[A-Z]", lambda match: match[0].lower(), value)
    return ("text", value)


def whole(value, options):
    """A hashable for a whole value; None where it states nothing."""
    if isinstance(value, dict):
        parts = [(key, whole(one, options)) for key, one in value.items()]
        return ("object", frozenset(part for part in parts if part[1] is not None)) if any(
            part[1] is not None for part in parts) else None
    if isinstance(value, list):
        parts = [part for part in (whole(one, options) for one in value) if part is not None]
        if not parts:
            return None
        if options.get("lists") == "order":
            return ("list", tuple(parts))
        return ("bag", frozenset(Counter(parts).items()))
    return None if value is None else leaf(value, options)


def flat(value, options, place=()):
    """[(place, leaf)]; a place is a tuple of keys, and of indices in ordered lists."""
    if isinstance(value, dict):
        return [one for key in value for one in flat(value[key], options, (*place, ("key", key)))]
    if isinstance(value, list) and options.get("lists") == "order":
        return [one for i, item in enumerate(value) for one in flat(item, options, (*place, ("at", i)))]
    if isinstance(value, list):
        items = [whole(item, options) for item in value]
        return [((*place, ("any",)), item) for item in items if item is not None]
    return [] if value is None else [(place, leaf(value, options))]


def field(place):
    name = ""
    for kind, *part in place:
        if kind == "key":
            longer = (name + "." if name else "") + part[0]
        else:
            longer = name + "[]"
        if len(longer.encode()) > 200 or name == "(long names)":
            return "(long names)"
        name = longer
    return name or "(whole)"


def f1(hits, given, expected):
    return 2 * hits / (given + expected) if given + expected else 1.0


def compare(right, given, options):
    right, given = Counter(flat(right, options)), Counter(flat(given, options))
    both = right & given
    counts = {}
    for index, counter in enumerate((both, given, right)):
        for (place, _), count in counter.items():
            counts.setdefault(field(place), [0, 0, 0])[index] += count
    total = [both.total(), given.total(), right.total()]
    return f1(*total), total, counts


def parse(text):
    try:
        return [json.loads(text)]
    except ValueError:
        return []


def judge(case, options):
    """Value, totals and counts by field against the reference that fits best."""
    given = parse(case["prediction"]) if case["prediction"] is not None else []
    results = [compare(json.loads(one), given[0] if given else None, options) for one in case["references"]]
    best = max(results, key=lambda result: result[0])
    return (best[0] if given else 0.0), best[1], best[2]


def draw(rng, depth=0):
    what = rng.random()
    if depth == 0 or (what < 0.3 and depth < 3):
        return {key: draw(rng, depth + 1) for key in rng.sample(KEYS, rng.randint(0, 4))}
    if what < 0.5 and depth < 3:
        return [draw(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return rng.choice(SCALARS)


def change(rng, value):
    """The value with some parts lost, moved or replaced."""
    what = rng.random()
    if what < 0.06:
        return draw(rng, rng.randint(0, 3))
    if isinstance(value, dict):
        parts = [(key, change(rng, one)) for key, one in value.items() if rng.random() < 0.93]
        rng.shuffle(parts)
        return dict(parts) | ({rng.choice(KEYS): draw(rng, 3)} if rng.random() < 0.1 else {})
    if isinstance(value, list):
        parts = [change(rng, one) for one in value if rng.random() < 0.93]
        if rng.random() < 0.3:
            rng.shuffle(parts)
        return parts + parts[:1] if rng.random() < 0.1 else parts
    return rng.choice(SCALARS) if rng.random() < 0.12 else value


def odd_pairs():
    for a in ["{}", "[]", "null", '{"a":null}', '{"a":[]}', '{"a":1}', "1", '"x"', "[1,2,2]", "[2,1]", '[{"a":1},{"a":2}]',
              '{"a":{"b":1}}', '{"a.b":1}', '{"a":1,"a":2}', '[[1],[2]]', '[[1,2]]', '{"a":[null,{}]}']:
        for b in ["{}", "[]", '{"a":1}', "1", '"x"', "[2,2,1]", '[{"a":2},{"a":1}]', '{"a":{"b":1}}', "no JSON", '{"a":[1]}']:
            yield [a], b
    long = "k" * 150
    yield [json.dumps({long: {long: 1, "x": 2}})], json.dumps({long: {long: 1, "x": 3}})
    rng = random.Random(41)
    for _ in range(150):
        references = [json.dumps(draw(rng), ensure_ascii=rng.random() < 0.5) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        given = json.dumps(change(rng, json.loads(rng.choice(references))), ensure_ascii=rng.random() < 0.5)
        yield references, None if rng.random() < 0.04 else given if rng.random() < 0.96 else given[:-1]


def details(judged):
    total, fields = [0, 0, 0], {}
    for _, counts, by_field in judged:
        total = [a + b for a, b in zip(total, counts)]
        for name, one in by_field.items():
            fields[name] = [a + b for a, b in zip(fields.get(name, [0, 0, 0]), one)]
    return {"total": total, "fields": fields}


def main():
    cases = [{"references": references, "prediction": prediction} for references, prediction in odd_pairs()]
    for case in cases:
        case["values"] = [judge(case, options)[0] for options in OPTIONS]
    sets = [details([judge(case, options) for case in cases]) for options in OPTIONS]
    odd_texts.write("field_f1", f"Python {sys.version.split()[0]}", options=OPTIONS, cases=cases, details=sets)


if __name__ == "__main__":
    main()
