# SPDX-License-Identifier: Apache-2.0
"""pii_redaction: a message to a shop, with what is personal in it replaced and listed."""

from .drawing import draw_splits, fill
from .grammar import seen_in, tidy
from .people import FIRST, ITEMS, TOWNS

NAME = "pii_redaction"
TASK_TYPE = "information_extraction"
DESCRIPTION = (
    "Take the personal data out of this message to a shop: names of people become [NAME], phone "
    "numbers [PHONE], mail addresses [MAIL], streets [STREET]. Towns and products stay.")
METRICS = ("pii_redaction", "field_f1", "exact_match", "json_valid", "format_valid")
ROWS = (440, 120)
REASONS = {"NAME": "name", "PHONE": "phone number", "MAIL": "mail address", "STREET": "street"}
VALUES = {
    "NAME": FIRST[:5],
    "PHONE": ["555-0112", "555-0127", "555-0148", "555-0169"],
    "MAIL": [f"{name.lower()}@mail.example" for name in FIRST[:5]],
    "STREET": ["4 Mill Lane", "9 High Street", "7 Church Road", "2 Park Street"],
}
OPTIONS = {
    "max_new_tokens": 192,
    "verbatim": ["value"],
    "prompt": "{description} Answer with JSON and nothing else:\n"
              '{"redacted_text":"...","entities":[{"value":"...","replacement_token":"...",'
              '"reason":"..."}]}\n\n{input}',
    "schema": {
        "type": "object", "required": ["redacted_text", "entities"], "additionalProperties": False,
        "properties": {
            "redacted_text": {"type": "string"},
            "entities": {"type": "array", "items": {
                "type": "object", "required": ["value", "replacement_token", "reason"],
                "additionalProperties": False,
                "properties": {"value": {"type": "string"},
                               "replacement_token": {"type": "string"},
                               "reason": {"type": "string", "enum": list(REASONS.values())}}}},
        },
    },
}

# What a customer says that has one piece of personal data in it, by kind.
PERSONAL = {
    "NAME": ["my name is {v}", "this is {v}", "I am {v}", "please ask for {v}",
             "{v} will pay for it", "it is for {v}"],
    "PHONE": ["call me on {v}", "my number is {v}", "ring me at {v}", "my phone is {v}",
              "send a text to {v}"],
    "MAIL": ["write to {v}", "my mail is {v}", "please answer to {v}", "send the bill to {v}",
             "mail me at {v}"],
    "STREET": ["I live at {v}", "bring it to {v}", "my address is {v}", "please come to {v}",
               "my house is {v}"],
}
# What has none, though a town or the name of a product may look like it.
NEUTRAL = ["the {item} is broken", "do you have the {item}?", "I was in {town}",
           "I want a new {item}", "the {item} from {town} is late",
           "the {first} {item} is gone"]
OPENING = ["Hello.", "Good morning."]
LEXICON = {"item": ITEMS[:4], "town": TOWNS[:3]}


def make_row(rng, split):
    """One or two pieces of personal data and a neutral sentence. One draw in eight has none, but
    there are few such messages and no row comes twice: of the pack's rows it is one in twelve."""
    kinds = rng.sample(list(REASONS), rng.choices((0, 1, 2), (2, 9, 5))[0])
    found = [(kind, rng.choice(VALUES[kind])) for kind in kinds]
    parts = [fill(rng, rng.choice(seen_in(split, PERSONAL[kind])), {"v": value})
             for kind, value in found]
    if len(kinds) < 2:
        products = [name for name in FIRST[:4] if ("NAME", name) not in found]
        parts.append(fill(rng, rng.choice(NEUTRAL), {}, {**LEXICON, "first": products}))
    rng.shuffle(parts)
    parts = [part if part[-1] == "?" else part + "." for part in parts]
    if rng.random() < 0.2:
        parts.insert(0, rng.choice(OPENING))
    text = tidy(" ".join(parts))
    return {"input": text, "output": redact(text, found)}


def redact(text, found):
    """The answer: the text with each value replaced, and the values in the order of the text."""
    entities, redacted = [], text
    for kind, value in sorted(found, key=lambda entry: text.index(entry[1])):
        entities.append({"value": value, "replacement_token": f"[{kind}]",
                         "reason": REASONS[kind]})
        redacted = redacted.replace(value, f"[{kind}]")
    return {"redacted_text": redacted, "entities": entities}


def make_rows(seed):
    return draw_splits(NAME, seed, ROWS, make_row, lambda row: [row["input"]])
