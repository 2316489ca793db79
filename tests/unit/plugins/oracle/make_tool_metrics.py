# SPDX-License-Identifier: Apache-2.0
"""Writes tool_metrics.json: the three tool-call metrics of many odd cases.

Their rules are written here a second time, in Python's own terms. No package is needed:
python make_tool_metrics.py
"""

import copy
import json
import random
from pathlib import Path

TOOLS = [
    {"type": "function", "function": {"name": name, "description": "", "parameters": schema}}
    for name, schema in [
        (
            "set_lamp",
            {
                "type": "object",
                "properties": {
                    "room": {"type": "string", "default": "hall"},
                    "level": {"type": "number", "default": 1},
                    "on": {"type": "boolean", "default": True},
                    "scenes": {"type": "array", "items": {"type": "string"}, "default": ["day"]},
                    "note": {"type": "string"},
                },
                "required": [],
            },
        ),
        (
            "book",
            {
                "type": "object",
                "properties": {
                    "guests": {"type": "integer"},
                    "options": {"type": "object", "default": {"sea": False, "beds": 2}},
                    "until": {"default": None},
                },
                "required": ["guests"],
            },
        ),
        ("stop", {"type": "object", "properties": {}}),
        ("bare", {}),
        ("größe", {"type": "object", "properties": {"maß": {"type": "number", "default": 1.5}}}),
    ]
]
NAMES = [tool["function"]["name"] for tool in TOOLS]
VALUES = [
    "hall",
    "Hall",
    "hall ",
    "",
    1,
    1.0,
    True,
    False,
    0,
    -1,
    2.5,
    1e3,
    None,
    ["day"],
    ["Day"],
    [],
    [1],
    {},
    {"sea": False, "beds": 2},
    {"beds": 2.0, "sea": False},
    {"sea": 0, "beds": 2},
    "ä",
    "🙂",
    'a"b',
    "1",
    2**53 + 1,
    float(2**53),
    12345678901234567890123,
]


def same(a, b):
    """Equality of JSON values: as Python's, but true is not 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def schema_of(name):
    for tool in TOOLS:
        if tool["function"]["name"] == name:
            return tool["function"]["parameters"].get("properties", {})
    return {}


def without_defaults(name, arguments):
    schema = schema_of(name)
    return {
        key: value
        for key, value in arguments.items()
        if not (key in schema and "default" in schema[key] and same(schema[key]["default"], value))
    }


def as_calls(text):
    """The calls of a text as (name, arguments); None where it holds no such."""
    try:
        value = json.loads(text, parse_constant=lambda word: int(word))  # NaN is a ValueError
    except ValueError:
        return None
    if not isinstance(value, list):
        return None
    for call in value:
        if not (
            isinstance(call, dict)
            and set(call) == {"name", "arguments"}
            and isinstance(call["name"], str)
            and isinstance(call["arguments"], dict)
        ):
            return None
    return [(call["name"], call["arguments"]) for call in value]


def binary(right, given):
    return float(
        len(right) == len(given)
        and all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(right, given))
    )


def equivalence(right, given):
    def plain(calls):
        return [(name, without_defaults(name, arguments)) for name, arguments in calls]

    return binary(plain(right), plain(given))


def staged(right, given):
    if len(right) != len(given):
        return 0.0
    if not right:
        return 1.0
    names = [a[0] == b[0] for a, b in zip(right, given)]
    keys = [ok and a[1].keys() == b[1].keys() for ok, a, b in zip(names, right, given)]
    values = [ok and same(a[1], b[1]) for ok, a, b in zip(keys, right, given)]
    return 0.25 + sum(0.25 * sum(stage) / len(stage) for stage in (names, keys, values))


def case(references, prediction):
    """`prediction` is a text, or None where the completion was not parsed."""
    rights = [calls for calls in map(as_calls, references) if calls is not None]
    given = None if prediction is None else as_calls(prediction)
    one = {"references": references, "prediction": prediction}
    for metric in (equivalence, binary, staged):
        key = (
            "tool_call_" + metric.__name__
            if metric is equivalence
            else metric.__name__ + "_tool_call"
        )
        one[key] = (
            max(0.0 if given is None else metric(right, given) for right in rights)
            if rights
            else None
        )
    return one


def dump(calls):
    return json.dumps(
        [{"name": name, "arguments": arguments} for name, arguments in calls],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def odd_cases():
    """Cases that a comparison can go wrong on, one by one."""
    call = dump([("set_lamp", {"note": "x", "level": 1})])
    for text in [
        "[]",
        call,
        "",
        "null",
        "{}",
        "[{}]",
        "[[]]",
        "[null]",
        "no call",
        call[:-1],
        call + " ",
        call + "x",
        call[1:-1],
        " " + call.replace(",", " , "),
        call.replace("1", "1.0"),
        call.replace("1", "1e0"),
        call.replace("1", "true"),
        call.replace("1", "01"),
        call.replace("1", "NaN"),
        call.replace("1", '"1"'),
        call.replace("arguments", "parameters"),
        call.replace('"note"', '"level":9,"note"'),
        call.replace('"x"', '"\\u0078"'),
        call.replace('"x"', '"X"'),
        '[{"arguments":{"level":1,"note":"x"},"name":"set_lamp"}]',
        '[{"name":"set_lamp","arguments":{"note":"x"},"id":"1"}]',
        '[{"name":"set_lamp","arguments":"{}"}]',
        '[{"name":null,"arguments":{}}]',
    ]:
        yield case([call], text)
        yield case(["[]"], text)
        yield case([text], text)
        yield case([text], call)
        yield case(["[]", call], text)
    yield case([call], None)
    yield case(["[]"], None)
    yield case([], "[]")
    yield case([], None)


def drawn_call(rng):
    name = rng.choice(NAMES + ["set_lamp", "set_lamp", "book", "unknown"])
    keys = list(schema_of(name)) + rng.choice([[], [], ["extra"]])
    rng.shuffle(keys)
    arguments = {}
    for key in keys:
        if rng.random() < 0.6:
            default = schema_of(name).get(key, {}).get("default", rng.choice(VALUES))
            arguments[key] = copy.deepcopy(rng.choice([default, rng.choice(VALUES)]))
    return name, arguments


def changed(rng, calls):
    """The calls with one change, which may leave their meaning as it was."""
    calls = copy.deepcopy(calls)
    if not calls:
        return [drawn_call(rng)]
    at = rng.randrange(len(calls))
    name, arguments = calls[at]
    way = rng.choice("default drop add value name order twice fewer new".split())
    if way == "default":
        for key, schema in schema_of(name).items():
            if "default" in schema and key not in arguments:
                arguments[key] = schema["default"]
    elif way == "drop" and arguments:
        arguments.pop(rng.choice(list(arguments)))
    elif way == "add":
        arguments["more"] = rng.choice(VALUES)
    elif way == "value" and arguments:
        arguments[rng.choice(list(arguments))] = copy.deepcopy(rng.choice(VALUES))
    elif way == "name":
        calls[at] = (rng.choice(NAMES), arguments)
    elif way == "order":
        calls[at] = (name, dict(reversed(arguments.items())))
        calls.reverse()
    elif way == "twice":
        calls.append(calls[at])
    elif way == "fewer":
        calls.pop(at)
    elif way == "new":
        calls[at] = drawn_call(rng)
    return calls


def drawn_cases(count):
    rng = random.Random(77)
    for _ in range(count):
        right = [drawn_call(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]
        given = copy.deepcopy(right)
        for _ in range(rng.choice([0, 1, 1, 2])):
            given = changed(rng, given)
        references = [dump(right)]
        if rng.random() < 0.2:
            references.insert(0, dump(changed(rng, right)))
        yield case(references, dump(given))


def main():
    cases = [*odd_cases(), *drawn_cases(360)]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in cases)
    text = f'{{"tools": {json.dumps(TOOLS, ensure_ascii=False)}, "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("tool_metrics.json").write_text(text, encoding="utf-8")
    for key in ("tool_call_equivalence", "binary_tool_call", "staged_tool_call"):
        values = [one[key] for one in cases]
        print(key, {value: values.count(value) for value in set(values)})


if __name__ == "__main__":
    main()
