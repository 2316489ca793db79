# SPDX-License-Identifier: Apache-2.0
"""voice_banking: what a machine heard of talks with a bank; each turn is answered with one call."""

import sys

from .conversation import UNCLEAR_CALL, make_conversation, one_of, texts_of, tool
from .drawing import draw_splits
from .people import FIRST
from .voice_phrases import CHANGE, FILLERS, FOLLOW, HEARD_AS, LEXICON, REQUESTS, SAME, UNCLEAR

__all__ = ["CHANGE", "FOLLOW", "LEXICON", "REQUESTS", "SAME", "UNCLEAR"]

NAME = "voice_banking"
TASK_TYPE = "tool_calling"
DESCRIPTION = ("You answer the phone of a bank; a machine wrote down what it heard, with mistakes. "
               "Answer each turn with one call. Carry over what was said before.")
METRICS = ("tool_call_equivalence", "binary_tool_call", "staged_tool_call", "format_valid")
ROWS, LENGTHS = (150, 46), (1, 2, 3, 3, 3, 4)
NOISY = 0.8  # of the turns

AMOUNTS = {10: "ten", 20: "twenty", 50: "fifty", 80: "eighty"}
VALUES = {
    "account": ["current", "savings"], "card": ["debit", "credit"],
    "amount": list(AMOUNTS), "to": FIRST[:4], "bill": ["rent", "water", "phone"],
}
_ACCOUNT, _CARD, _NUMBER = one_of(*VALUES["account"]), one_of(*VALUES["card"]), {"type": "integer"}
TOOLS = [
    tool("balance", "say the balance", {"account": _ACCOUNT}),
    tool("payments", "list payments", {"account": _ACCOUNT}),
    tool("transfer", "send money", {"to": {"type": "string"}, "amount": _NUMBER}),
    tool("pay_bill", "pay a bill", {"bill": one_of(*VALUES["bill"]), "amount": _NUMBER}),
    tool("block_card", "block a card", {"card": _CARD}),
    tool("new_pin", "new PIN of a card", {"card": _CARD}),
    tool("call_agent", "put through to a person", {}),
    tool("intent_unclear", "not for a bank, or not understood", {}),
]
OPTIONS = {"max_new_tokens": 96, "tools": TOOLS}
SPOKEN = {"amount": {value: [word] for value, word in AMOUNTS.items()}}


def finish(rng, text, name):
    """The turn as a machine hears it: no marks, no capitals, fillers, words that sound alike."""
    text = "".join(mark for mark in text.lower() if mark not in ".,!?'")
    if name == UNCLEAR_CALL or rng.random() >= NOISY:
        return text
    words = [rng.choice(HEARD_AS[word]) if word in HEARD_AS and rng.random() < 0.35 else word
             for word in text.split()]
    for _ in range(rng.choice((0, 1, 1, 2))):
        words.insert(rng.randrange(len(words)), rng.choice(FILLERS))
    if rng.random() < 0.15:  # a false start
        words = words[:2] + words
    return " ".join(words)


def make_rows(seed):
    domain = sys.modules[__name__]
    return draw_splits(NAME, seed, ROWS,
                       lambda rng, split: make_conversation(rng, split, domain, LENGTHS), texts_of)
