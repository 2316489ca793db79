# SPDX-License-Identifier: Apache-2.0
"""Writes bfcl_ast.json: verdicts on made-up tools, with many values for each kind of argument.

python make_bfcl_ast.py  (see bfcl_program.py)
"""

import json

from bfcl_program import LETTERS, count, verdict, write

# fmt: off
POOL = ["red", "Red", "RED-", " r.e,d ", "blue", "", ".", "Größe", "GRÖSSE", "GRÖẞE", "ΟΔΟΣ", "οδος",
        "İ", "i̇", "it's", 'it"s', "a^b*c", 0, 1, 5, -5, 10**12, 2**53 + 1, 5.0, 0.1, 1e-3, 5.5, True,
        False, None, [], [1], [1, 2], [2, 1], [1.0, 2.0], [1, 2.0], ["red"], ["Red "], ["red", "blue"],
        ["blue", "red"], [""], [True], [None], [[1, 2], [3]], [["red"]], [["Red"]],
        [{"name": "Red", "size": 2}], [{"name": "red", "size": 2}, {"name": "blue"}],
        [{"name": "red"}, {"name": "red"}], [{}], {}, {"name": "red"}, {"name": "Red!", "size": 2},
        {"name": "r e d", "size": 2}, {"name": "red", "size": 3}, {"size": 2},
        {"name": "red", "size": 2, "more": 1}, {"name": "", "size": 2}, {"name": "red", "size": 2.0},
        {"name": "red", "size": True}, {"name": ["red"], "size": 2}]
# fmt: on


def argument(kind, items=None):
    schema = {"type": kind, "description": "d"}
    if items:
        schema["items"] = {"type": items}
    return schema


DICT = {"name": ["red", "Größe"], "size": [2, ""]}
ARGUMENTS = [
    (argument("string"), ["red"]),
    (argument("string"), ["Red.", ""]),
    (argument("string"), [""]),
    (argument("string"), ["größe", "it's"]),
    (argument("string"), ["ὀδός", "ΟΔΟΣ", "i̇"]),
    (argument("string"), [5]),
    (argument("any"), ["5", "red"]),
    (argument("any"), [5, 0.1]),
    (argument("string"), ["ab c", "1"]),
    (argument("string"), []),
    (argument("integer"), [5]),
    (argument("integer"), [1, ""]),
    (argument("integer"), [5.0, 0]),
    (argument("integer"), ["red", 5]),
    (argument("integer"), [""]),
    (argument("integer"), [True]),
    (argument("float"), [5.0, 0.1]),
    (argument("float"), [5]),
    (argument("float"), [1e-3, ""]),
    (argument("float"), ["blue"]),
    (argument("float"), [2.0**53, 1]),
    (argument("boolean"), [True]),
    (argument("boolean"), [False, ""]),
    (argument("boolean"), [1]),
    (argument("boolean"), ["red"]),
    (argument("array", "integer"), [[1, 2]]),
    (argument("array", "integer"), [[1], [2, 1], ""]),
    (argument("array", "float"), [[1.0, 2.0]]),
    (argument("array", "float"), [[1, 2]]),
    (argument("array", "string"), [["red"]]),
    (argument("array", "string"), ["", ["red", "blue"]]),
    (argument("array", "string"), [[""], []]),
    (argument("array", "boolean"), [[1], [True]]),
    (argument("array", "array"), [[[1, 2], [3]]]),
    (argument("array", "array"), [[["red"]]]),
    (argument("array", "string"), ["red"]),
    (argument("array", "any"), [["red"]]),
    (argument("tuple", "float"), [[1.0, 2.0], ""]),
    (argument("tuple", "integer"), [[1, 2]]),
    (argument("dict"), [DICT]),
    (argument("dict"), ["", DICT]),
    (argument("dict"), [{}]),
    (argument("dict"), [{"name": ["red", ""], "size": [""]}, {"size": [2]}]),
    (argument("dict"), [{"name": [["red"]], "size": [2]}]),
    (argument("dict"), ["red"]),
    (argument("dict"), [""]),
    (argument("array", "dict"), [[DICT]]),
    (argument("array", "dict"), [[DICT, {"name": ["blue"]}], ""]),
    (argument("array", "dict"), [[], [{}]]),
]


def tool(name, properties, required):
    return {
        "name": name,
        "description": "d",
        "parameters": {"type": "dict", "properties": properties, "required": required},
    }


def case(functions, calls, answers, category):
    right = verdict(functions, calls, answers, category)
    if right is None:
        return None
    return {
        "tools": [{"type": "function", "function": one} for one in functions],
        "notes": {"category": category, "possible_answer": answers},
        "prediction": calls,
        "right": right,
    }


def call(name, **arguments):
    return {"name": name, "arguments": arguments}


def value_verdicts(schema, possible):
    """One letter for each value of the POOL."""
    functions, answers = [tool("f", {"x": schema}, [])], [{"f": {"x": possible}}]
    return "".join(
        LETTERS[verdict(functions, [call("f", x=value)], answers, "simple")] for value in POOL
    )


def call_cases():
    mix = tool(
        "mix.paint",
        {"a": argument("string"), "b": argument("integer"), "c": argument("float")},
        ["a"],
    )
    ask = tool("ask", {"q": argument("string")}, ["q"])
    answer = {"mix.paint": {"a": ["red"], "b": [5, ""], "c": ["", 0.5]}}
    full = call("mix.paint", a="red", b=5, c=0.5)
    for given in [
        full,
        call("mix.paint", a="red"),
        call("mix.paint"),
        call("mix.paint", b=5),
        call("mix.paint", a="red", b=6),
        call("mix.paint", a="red", d=1),
        call("mix_paint", a="red"),
        call("Mix.paint", a="red"),
        call("ask", q="red"),
        call("", a="red"),
        call("mix.paint", A="red"),
    ]:
        yield case([mix], [given], [answer], "simple")
        yield case([mix, ask], [given], [answer], "multiple")
        yield case([mix], [given, given], [answer], "simple")
        yield case(
            [mix, ask],
            [call("ask", q="who?"), given],
            [answer, {"ask": {"q": ["Who?"]}}],
            "parallel",
        )
        yield case([mix, ask], [given, given], [answer, answer], "parallel")
        yield case([mix], [given], [answer], "irrelevance")
    yield case([mix], [], [answer], "simple")
    yield case([mix], [], [answer, answer], "parallel")
    yield case([mix], [], [], "irrelevance")
    wide, narrow = {"ask": {"q": ["a", "b"]}}, {"ask": {"q": ["a"]}}
    for texts in ["ab", "ba", "aa", "bb", "a", "abb", "xb"]:
        given = [call("ask", q=text) for text in texts]
        yield case([ask], given, [wide, narrow], "parallel")
        yield case([ask], given, [narrow, wide], "parallel")
        yield case([ask, mix], given + [full], [narrow, wide, answer], "parallel_multiple")
    for possible in [
        {"q": ["a"], "unknown": ["x"]},
        {"q": ["a"], "unknown": [""]},
        {"unknown": [""]},
        {},
    ]:
        for given in [call("ask", q="a"), call("ask", q="a", unknown="x"), call("ask")]:
            yield case([ask], [given], [{"ask": possible}], "simple")


def dump(value):
    return json.dumps(value, ensure_ascii=False)


def main():
    values = [
        {"schema": schema, "possible": possible, "right": value_verdicts(schema, possible)}
        for schema, possible in ARGUMENTS
    ]
    calls = [one for one in call_cases() if one]
    write(
        "bfcl_ast.json",
        [
            f'"pool": {dump(POOL)}',
            '"values": [\n' + ",\n".join(map(dump, values)) + "]",
            '"calls": [\n' + ",\n".join(map(dump, calls)) + "]",
        ],
    )
    letters = "".join(one["right"] for one in values) + "".join(
        LETTERS[one["right"]] for one in calls
    )
    print(count(letters))


if __name__ == "__main__":
    main()
