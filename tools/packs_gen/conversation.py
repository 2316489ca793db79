# SPDX-License-Identifier: Apache-2.0
"""Conversations of tool calls: requests, what follows on them, corrections, and what is no request.

A domain module gives the words: TOOLS, VALUES, SPOKEN, REQUESTS, FOLLOW, CHANGE, SAME, UNCLEAR,
LEXICON, and a function `finish`. Each turn of a user is answered with exactly
one call; what a turn leaves unsaid is carried over from the call before it.
"""

from .drawing import fill
from .grammar import seen_in, tidy

UNCLEAR_CALL = "intent_unclear"


def tool(name, description, properties):
    """An OpenAI function schema; every argument is optional."""
    return {"type": "function", "function": {
        "name": name, "description": description,
        "parameters": {"type": "object", "properties": properties}}}


def one_of(*values, **more):
    """The schema of an argument with a closed set of values."""
    kind = "integer" if isinstance(values[0], int) else "string"
    return {"type": kind, "enum": list(values), **more}


def properties_of(domain, name):
    for one in domain.TOOLS:
        if one["function"]["name"] == name:
            return one["function"]["parameters"]["properties"]
    raise KeyError(name)


def spoken(rng, domain, argument, value):
    """How somebody says the value."""
    return rng.choice(domain.SPOKEN.get(argument, {}).get(value, [str(value)]))


def value_of(rng, domain, argument, but=None):
    """A value of the argument other than `but`."""
    return rng.choice([value for value in domain.VALUES[argument] if value != but])


def in_order(domain, name, arguments):
    """The arguments in the order of the schema."""
    return {key: arguments[key] for key in properties_of(domain, name) if key in arguments}


def say(rng, split, domain, templates, arguments):
    slots = {key: spoken(rng, domain, key, value) for key, value in arguments.items()}
    return fill(rng, rng.choice(seen_in(split, templates)), slots)


def new_request(rng, split, domain, last):
    """(text, name, arguments) of another function than that of the last call, which may lend it
    an argument ("there too")."""
    name = rng.choice([one for one in domain.REQUESTS if not last or one != last[0]])
    said = rng.choice(list(domain.REQUESTS[name]))
    arguments = {key: value_of(rng, domain, key) for key in said}
    text = say(rng, split, domain, domain.REQUESTS[name][said], arguments)
    for key in domain.SAME:
        free = key in properties_of(domain, name) and key not in said
        if last and free and key in last[1] and rng.random() < 0.6:
            text = rng.choice(seen_in(split, domain.SAME[key])).format(text)
            arguments[key] = last[1][key]
    return text, name, arguments


def follow_up(rng, split, domain, last):
    """Adds an argument that the last call left out, or None where it left none out."""
    name, arguments = last
    missing = [key for key in properties_of(domain, name)
               if key not in arguments and key in domain.FOLLOW]
    if not missing:
        return None
    key = rng.choice(missing)
    value = value_of(rng, domain, key)
    text = say(rng, split, domain, domain.FOLLOW[key], {key: value})
    return text, name, {**arguments, key: value}


def change(rng, split, domain, last):
    """Replaces an argument of the last call: a correction, or the same again elsewhere."""
    name, arguments = last
    known = [key for key in arguments if key in domain.CHANGE]
    if not known:
        return None
    key = rng.choice(known)
    value = value_of(rng, domain, key, arguments[key])
    text = say(rng, split, domain, domain.CHANGE[key], {key: value})
    return text, name, {**arguments, key: value}


def unclear(rng, split, domain, _):
    reason = rng.choice(list(domain.UNCLEAR))
    text = fill(rng, rng.choice(seen_in(split, domain.UNCLEAR[reason])), {}, domain.LEXICON)
    told = "reason" in properties_of(domain, UNCLEAR_CALL)
    return text, UNCLEAR_CALL, {"reason": reason} if told else {}


def next_turn(rng, split, domain, last):
    """What the user says next; nothing can follow on a turn that was unclear."""
    makers, weights = (new_request, follow_up, change, unclear), (3, 4, 4, 1)
    if not last or last[0] == UNCLEAR_CALL:
        makers, weights = (new_request, unclear), (6, 1)
    while True:
        turn = rng.choices(makers, weights)[0](rng, split, domain, last)
        if turn:
            return turn


def make_conversation(rng, split, domain, lengths):
    """A row of as many user turns as one of `lengths`, each with its call."""
    messages, last = [], None
    for _ in range(rng.choice(lengths)):
        text, name, arguments = next_turn(rng, split, domain, last)
        last = (name, in_order(domain, name, arguments))
        messages.append({"role": "user", "content": domain.finish(rng, tidy(text), name)})
        messages.append({"role": "assistant", "content": "", "tool_calls": [
            {"type": "function", "function": {"name": name, "arguments": last[1]}}]})
    return {"messages": messages}


def texts_of(row):
    """For each call of a row all that the user has said up to it."""
    said = [turn["content"] for turn in row["messages"] if turn["role"] == "user"]
    return [" / ".join(said[:count]) for count in range(1, len(said) + 1)]
