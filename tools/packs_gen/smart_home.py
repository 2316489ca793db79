# SPDX-License-Identifier: Apache-2.0
"""smart_home: wishes to a smart home over several turns, each answered with one call."""

import sys

from .conversation import UNCLEAR_CALL, make_conversation, one_of, texts_of, tool
from .drawing import draw_splits
from .grammar import roughen

NAME = "smart_home"
TASK_TYPE = "tool_calling"
DESCRIPTION = ("You run a smart home. Answer each wish with one call. Carry over what was said "
               "before, leave out what was not.")
METRICS = ("tool_call_equivalence", "binary_tool_call", "staged_tool_call", "format_valid")
ROWS, LENGTHS = (150, 46), (1, 2, 3, 3, 3, 4)

VALUES = {
    "room": ["kitchen", "bedroom", "office"], "state": ["on", "off"],
    "degrees": [18, 20, 22],
    "kind": ["jazz", "rock"], "volume": ["low", "normal", "high"],
    "position": ["up", "down"], "minutes": [5, 10, 30],
}
_ROOM = one_of(*VALUES["room"])
TOOLS = [
    tool("light", "switch a light", {"room": _ROOM, "state": one_of("on", "off")}),
    tool("heating", "set the heating", {"room": _ROOM, "degrees": {"type": "integer"}}),
    tool("music", "play music", {"kind": one_of(*VALUES["kind"]),
                                 "volume": one_of("low", "normal", "high", default="normal")}),
    tool("blinds", "move the blinds", {"room": _ROOM, "position": one_of("up", "down")}),
    tool("timer", "start a timer", {"minutes": {"type": "integer"}}),
    tool("intent_unclear", "no wish that can be met",
         {"reason": one_of("no_device", "no_wish", "cut_off")}),
]
OPTIONS = {"max_new_tokens": 96, "tools": TOOLS}
SPOKEN = {
    "volume": {"low": ["low", "soft"], "high": ["high", "loud"]},
    "minutes": {5: ["5", "five"], 10: ["10", "ten"], 30: ["30", "thirty"]},
}

# By function and by what is said of it; the wishes that a turn before or after fills up.
REQUESTS = {
    "light": {
        ("state",): ["turn the light {state}", "room lights {state}", "switch the lamp {state}",
                     "turn {state} the light", "all the lights {state}"],
        ("room", "state"): ["turn {state} the lamp in the {room}", "{room} light {state}",
                            "switch {state} the light in the {room}",
                            "in the {room} turn the light {state}",
                            "I want the {room} light {state}"],
    },
    "heating": {
        ("room",): ["it is cold in the {room}", "heating in the {room}", "heat the {room}",
                    "make the {room} warm", "I am cold in the {room}"],
        ("degrees",): ["set the heating to {degrees}", "heating at {degrees} degrees",
                       "make it {degrees} degrees warm", "turn the heating to {degrees}",
                       "I want {degrees} degrees"],
        ("room", "degrees"): ["heat the {room} to {degrees}", "{room} at {degrees} degrees",
                              "set the heating in the {room} to {degrees}",
                              "make the {room} {degrees} degrees warm",
                              "I want {degrees} degrees in the {room}"],
    },
    "music": {
        ("kind",): ["play us {kind}", "play only {kind}", "I want to hear {kind}", "put on {kind}",
                    "some {kind} please"],
        ("kind", "volume"): ["play {kind} at {volume} volume", "some {kind}, volume {volume}",
                             "put on {kind}, {volume} please", "play {kind}, make it {volume}",
                             "{kind} at {volume} volume"],
    },
    "blinds": {
        ("position",): ["blinds {position}", "move the blinds {position}",
                        "the blinds {position} please", "all blinds {position}",
                        "put the blinds {position}"],
        ("room", "position"): ["blinds {position} in the {room}",
                               "move the {room} blinds {position}",
                               "in the {room} the blinds {position}", "{room} blinds {position}",
                               "put {position} the blinds in the {room}"],
    },
    "timer": {
        (): ["start a timer", "I need a timer", "set a timer", "timer please", "a timer now"],
        ("minutes",): ["set a timer for {minutes} minutes", "timer for {minutes} minutes",
                       "start a timer of {minutes} minutes", "call me in {minutes} minutes",
                       "a timer, {minutes} minutes"],
    },
}
FOLLOW = {
    "room": ["in the {room} please", "I mean in the {room}", "the one in the {room}",
             "for the {room}", "it is the {room} I mean"],
    "degrees": ["to {degrees} degrees", "{degrees} degrees please", "make it {degrees}",
                "up to {degrees}", "I mean {degrees} degrees"],
    "volume": ["at {volume} volume", "volume {volume} please", "make it {volume}",
               "with {volume} volume", "the volume {volume}"],
    "minutes": ["for {minutes} minutes", "{minutes} minutes please", "make it {minutes} minutes",
                "of {minutes} minutes", "let it be {minutes} minutes"],
}
CHANGE = {
    "room": ["no, in the {room}", "the same in the {room}", "and in the {room} too",
             "sorry, I meant the {room}", "also in the {room}"],
    "state": ["no, {state}", "turn it {state} again", "sorry, {state}", "I meant {state}",
              "now {state} again"],
    "degrees": ["no, {degrees} degrees", "make that {degrees}", "sorry, {degrees}",
                "I meant {degrees} degrees", "better {degrees}"],
    "kind": ["no, {kind}", "play {kind} now", "sorry, {kind}", "I meant {kind}", "better {kind}"],
    "volume": ["no, {volume} volume", "make it {volume} now", "sorry, {volume}",
               "I meant {volume} volume", "better {volume}"],
    "position": ["no, {position}", "now {position} again", "sorry, {position}",
                 "I meant {position}", "move them {position}"],
    "minutes": ["no, {minutes} minutes", "make that {minutes}", "sorry, {minutes}",
                "I meant {minutes} minutes", "better {minutes}"],
}
# A new request that takes the value from the call before.
SAME = {"room": ["there too: {0}", "in the same room: {0}", "and there {0}", "also there {0}",
                 "in that room as well: {0}"]}
UNCLEAR = {
    "no_device": ["open the garage", "feed the {pet}", "make some coffee", "start the {machine}",
                  "water the flowers"],
    "no_wish": ["what a nice day", "I like {pet}s", "how are you", "thank you, that is all",
                "my {pet} is old"],
    "cut_off": ["could you", "please", "I want the", "can you please", "and the"],
}
LEXICON = {"pet": ["dog", "cat", "horse", "bird"], "machine": ["car", "oven", "mower", "washer"]}


def finish(rng, text, name):
    """A wish as typed: sometimes polite, in a hurry or with a slip."""
    polite = name == UNCLEAR_CALL or "please" in text.lower()
    if not polite and rng.random() < 0.2:
        text += ", please" if rng.random() < 0.5 else " now please"
    text += rng.choice((".", "", "!", "."))
    return roughen(rng, text, typo_rate=0.03)


def make_rows(seed):
    domain = sys.modules[__name__]
    return draw_splits(NAME, seed, ROWS,
                       lambda rng, split: make_conversation(rng, split, domain, LENGTHS), texts_of)
