# SPDX-License-Identifier: Apache-2.0
"""Writes bfcl_verdicts.json: verdicts on mutations of the right answers in the leaderboard's data.

It holds none of that data: for each row a string of verdicts, one for each mutation in the order of
mutated(), which the test makes anew.

python make_bfcl_verdicts.py [folder with BFCL_v4_*.json]  (see bfcl_program.py)
"""

import copy
import json
import sys
from pathlib import Path

from bfcl_program import HERE, LETTERS, count, verdict, write


def first_value(values):
    """The first possible value; of an object each key's own. None where there is only ""."""
    values = [value for value in values if value != ""]
    return plain(values[0]) if values else None


def plain(value):
    if isinstance(value, dict):
        return {key: first_value(one) for key, one in value.items() if first_value(one) is not None}
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return [plain(one) for one in value]
    return value


def right_calls(answers):
    return [
        {
            "name": name,
            "arguments": {
                key: first_value(values)
                for key, values in possible.items()
                if first_value(values) is not None
            },
        }
        for answer in answers
        for name, possible in answer.items()
    ]


def spaced(value):
    return " " + value.replace("o", "O") + " -." if isinstance(value, str) else None


def as_float(value):
    return float(value) if type(value) is int else None


def as_int(value):
    return int(value) if type(value) is float and value == int(value) else None


def as_text(value):
    return str(value) if type(value) is int else None


def wrapped(value):
    return [value]


def unwrapped(value):
    return value[0] if isinstance(value, list) and value else None


def turned(value):
    return list(reversed(value)) if isinstance(value, list) and len(value) > 1 else None


def spaced_inside(value):
    whole = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
    return [spaced(one) for one in value] if whole else None


def opposite(value):
    return not value if isinstance(value, bool) else None


def one_more(value):
    return value + 1 if type(value) in (int, float) else None


OF_A_VALUE = [
    spaced,
    as_float,
    as_int,
    as_text,
    wrapped,
    unwrapped,
    turned,
    spaced_inside,
    opposite,
    one_more,
]
SET_TO = ["", 1, 1.5, True, None, [], {}, "nothing like it"]
OF_CALLS = ["right", "last", "twice", "fewer", "turned", "named", "added"]


def of_calls(calls, way, answers):
    if way == "last":  # the last possible value of each argument
        return right_calls(
            [
                {
                    name: {key: list(reversed(values)) for key, values in possible.items()}
                    for name, possible in answer.items()
                }
                for answer in answers
            ]
        )
    if way == "twice":
        return calls + calls[-1:]
    if way == "fewer":
        return calls[:-1]
    if way == "turned":
        return list(reversed(calls))
    if way == "named":
        calls[-1]["name"] += "x"
    if way == "added":
        calls[-1]["arguments"]["zzz"] = 1
    return calls


def mutated(answers):
    """Every mutation of the right answer in one fixed order; None where one does not apply."""
    right = right_calls(answers)
    for way in OF_CALLS:
        yield of_calls(copy.deepcopy(right), way, answers)
    for at in range(4):  # the arguments of the last call
        keys = list(right[-1]["arguments"])
        for change in ["dropped", *OF_A_VALUE, *SET_TO]:
            calls = copy.deepcopy(right)
            if at >= len(keys):
                yield None
                continue
            arguments = calls[-1]["arguments"]
            if change == "dropped":
                del arguments[keys[at]]
            elif callable(change):
                value = change(arguments[keys[at]])
                if value is None:
                    yield None
                    continue
                arguments[keys[at]] = value
            else:
                arguments[keys[at]] = change
            yield calls


def verdicts_of(folder, name, category):
    """{row id: verdicts}; "-": no such mutation, "x": the program fails, "1": right, "0": wrong."""
    rows = [json.loads(line) for line in (folder / f"{name}.json").open(encoding="utf-8")]
    lines = (folder / "possible_answer" / f"{name}.json").open(encoding="utf-8")
    answers = {row["id"]: row["ground_truth"] for row in map(json.loads, lines)}
    return {
        row["id"]: "".join(
            (
                "-"
                if calls is None
                else LETTERS[verdict(row["function"], calls, answers[row["id"]], category)]
            )
            for calls in mutated(answers[row["id"]])
        )
        for row in rows
    }


def main():
    default = HERE / "../../../../../shared/data/bfcl"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    files = []
    for name, category in [("BFCL_v4_simple_python", "simple"), ("BFCL_v4_parallel", "parallel")]:
        verdicts = verdicts_of(folder, name, category)
        print(name, count("".join(verdicts.values())))
        rows = ",\n".join(f'"{key}": "{value}"' for key, value in verdicts.items())
        files.append(f'{{"file": "{name}", "category": "{category}", "rows": {{\n{rows}}}}}')
    write("bfcl_verdicts.json", ['"files": [\n' + ",\n".join(files) + "]"])


if __name__ == "__main__":
    main()
