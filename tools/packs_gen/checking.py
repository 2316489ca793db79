# SPDX-License-Identifier: Apache-2.0
"""What all checks of packs share: reading, refusing, and the part of JSON Schema the packs use."""

import json
import re
from collections import Counter

_TYPES = {"string": str, "integer": int, "array": list, "object": dict}


def require(holds, where, message):
    if not holds:
        raise SystemExit(f"{where}: {message}")


def read_jsonl(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def words_of(text):
    return set(re.findall(r"[a-z']+", text.lower()))


def has_words(text, part):
    """Whether `part` stands in `text` as whole words."""
    return re.search(rf"(?<!\w){re.escape(str(part))}(?!\w)", text) is not None


def balance(counts):
    """The largest count as a multiple of the smallest."""
    return max(counts.values()) / min(counts.values())


def require_same_values(where, what, train, test, ratio):
    """Both splits have the same values, none of train's more than `ratio` times as often."""
    counts = Counter(train)
    require(set(counts) == set(test), where, f"{what}: train and test do not have the same values")
    require(balance(counts) <= ratio, where, f"{what} is out of balance: {dict(counts)}")


def schema_fault(value, schema):
    """What of `value` breaks the schema, or None. Knows type, enum, properties, required,
    additionalProperties = false and items."""
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or isinstance(value, bool):
        return f"{json.dumps(value)} is not of type {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{json.dumps(value)} is none of {schema['enum']}"
    parts = []
    if kind == "object":
        known = schema.get("properties", {})
        if missing := [key for key in schema.get("required", []) if key not in value]:
            return f"{missing[0]} is missing"
        if unknown := [key for key in value if key not in known]:
            return f"{unknown[0]} is not in the schema"
        parts = [(item, known[key]) for key, item in value.items()]
    if kind == "array":
        parts = [(item, schema["items"]) for item in value]
    return next((fault for part in parts if (fault := schema_fault(*part))), None)
