# SPDX-License-Identifier: Apache-2.0
"""town_history: passages of an invented town's history, and questions, some without an answer."""

from .drawing import draw_splits, fill
from .grammar import seen_in, tidy

NAME = "town_history"
TASK_TYPE = "open_book_qa"
DESCRIPTION = "Answer a question on the history of a town with one word of the passage."
METRICS = ("squad", "exact_match", "rouge_l", "format_valid")
PASSAGES, QUESTIONS_EACH = (320, 65), 2
OPTIONS = {"no_answer": "unknown", "max_new_tokens": 16}

PLACES = ["mill", "bridge", "chapel", "school", "theatre", "station", "library", "hospital",
          "tower", "harbour", "museum", "market"]
VALUES = {
    "builder": ["Anna", "Ben", "Clara", "Hugo"],
    "stuff": ["wood", "stone", "glass", "steel"],
    "harm": ["fire", "snow", "wind", "water"],
    "found": ["watch", "key", "cup", "ring"],
    "use": ["shop", "bank", "hotel", "office"],
}
# What a passage may tell: sentences that tell it, and questions that ask for it.
FACTS = {
    "builder": (["{The} was built by {v}.", "It was {v} who built it.", "{v} built {the}.",
                 "The plan was drawn by {v}, who built it too.", "The one who built it was {v}."],
                ["Who built {the}?", "By whom was {the} built?", "Who was it that built {the}?",
                 "What was the name of the one who built {the}?", "Who put up {the}?"]),
    "stuff": (["It is made of {v}.", "The walls are of {v}.", "They used {v} for it.",
               "All of it was made of {v}.", "What one sees is {v}."],
              ["What is {the} made of?", "Of what are the walls of {the}?",
               "What did they use for {the}?", "Which material has {the}?",
               "Out of what did they make {the}?"]),
    "harm": (["Later {v} broke it.", "Years later {v} hit it hard.", "In one night {v} took it.",
              "Half of it was lost to {v}.", "After that {v} did great harm to it."],
             ["What broke {the}?", "What did great harm to {the}?", "What hit {the}?",
              "By what was {the} lost?", "What happened to {the}?"]),
    "found": (["Under the floor they found a {v}.", "In the cellar a {v} was found.",
               "A child found a {v} in it.", "One day a {v} was found there.",
               "They found a {v} in a wall."],
              ["What was found in {the}?", "What did they find in {the}?",
               "What lay in {the} until it was found?", "What did somebody find in {the}?",
               "Which thing was found in {the}?"]),
    "use": (["Today it is a {v}.", "Now it is a {v}.", "Since then it has been a {v}.",
             "It is now used as a {v}.", "In our days it is a {v}."],
            ["What is {the} today?", "What is {the} used as now?", "As what does {the} serve?",
             "What has become of {the}?", "What is {the} now?"]),
}
FILLER = ["You see it from the lake.", "Many people come to see it.", "A song tells of it.",
          "It is on the old map.", "Children like to play there.", "It stands near the river."]
ORDER = list(FACTS)  # the order in which a passage tells


def make_passage(rng, split):
    """The history of one place: three facts in order, the others are never told."""
    place = rng.choice(PLACES)
    slots = {"the": f"the {place}", "The": f"The {place}"}
    told = sorted(rng.sample(ORDER, 3), key=ORDER.index)
    values = {fact: rng.choice(VALUES[fact]) for fact in told}
    parts = [fill(rng, rng.choice(seen_in(split, FACTS[fact][0])), {**slots, "v": values[fact]})
             for fact in told]
    if rng.random() < 0.5:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(FILLER))
    return tidy(f"The {place} of Harrowby. " + " ".join(parts)), slots, values


def questions_on(rng, split, slots, values):
    """QUESTIONS_EACH rows without their context; one question in six has no answer."""
    facts = rng.sample(list(values), QUESTIONS_EACH)
    untold = [fact for fact in ORDER if fact not in values]
    facts = [rng.choice(untold) if rng.random() < 1 / 6 else fact for fact in facts]
    for fact in dict.fromkeys(facts):
        question = fill(rng, rng.choice(seen_in(split, FACTS[fact][1])), slots)
        yield {"question": question, "answers": [values[fact]] if fact in values else []}


def make_rows(seed):
    def make_group(rng, split):
        passage, slots, values = make_passage(rng, split)
        return [{"context": passage, **row} for row in questions_on(rng, split, slots, values)]

    splits = draw_splits(NAME, seed, PASSAGES, make_group, lambda group: [group[0]["context"]])
    return tuple([{**row, "group": f"{name} passage {number}"}
                  for number, group in enumerate(groups, 1) for row in group]
                 for name, groups in zip(("train", "test"), splits))
