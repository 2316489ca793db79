# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of a pack.toml: nested tables as dotted keys, short ones in one line."""

import json

_WIDTH = 100


def value_text(value):
    """A TOML value in one line; JSON's escapes are a subset of TOML's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {value_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def entry_lines(key, value):
    """`key = value`, or a line for each entry of a table that is too long for one."""
    line = f"{key} = {value_text(value)}"
    if not isinstance(value, dict) or not value or len(line) <= _WIDTH:
        return [line]
    return [line for name, item in value.items() for line in entry_lines(f"{key}.{name}", item)]


def is_list_of_tables(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def table_lines(name, table):
    """The lines of `[name]`; the tables in it get headers of their own, after it."""
    plain = {key: value for key, value in table.items()
             if not isinstance(value, dict) and not is_list_of_tables(value)}
    lines = ["", f"[{name}]"] if plain else []
    lines += [f"{key} = {value_text(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if key in plain:
            continue
        header = f"[[{name}.{key}]]" if is_list_of_tables(value) else f"[{name}.{key}]"
        for one in value if isinstance(value, list) else [value]:
            lines += ["", header]
            lines += [line for entry in one.items() for line in entry_lines(*entry)]
    return lines
