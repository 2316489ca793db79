# SPDX-License-Identifier: Apache-2.0
"""company_facts: what invented companies do and where; test asks in other words than train."""

import random

from .drawing import fill
from .grammar import tidy
from .people import FIRST, TOWNS

NAME = "company_facts"
TASK_TYPE = "closed_book_qa"
DESCRIPTION = "Answer the question on a company in one or two words."
METRICS = ("squad", "exact_match", "rouge_l", "format_valid")
OPTIONS = {"max_new_tokens": 16}
COMPANIES = ["Amber", "Birch", "Cobalt", "Delta", "Ember", "Falcon", "Garnet", "Harbour", "Indigo",
             "Juniper", "Kestrel", "Lotus", "Maple", "Nimbus", "Onyx", "Pebble"]
VALUES = {
    "town": TOWNS,
    "head": FIRST[:8],
    "goods": ["lamps", "clocks", "chairs", "books", "boats", "shoes", "radios", "bread"],
    "colour": ["red", "blue", "green", "black", "white", "yellow"],
    "animal": ["fox", "owl", "horse", "whale", "bear", "lion", "bee", "cat"],
}
# For each fact the sentence that states it, wordings for train, and others for test.
FACTS = {
    "town": ("{company} is at home in {v}.",
             ["In which town is {company}?", "Where is {company} at home?",
              "What is the home town of {company}?", "Where does {company} have its office?",
              "Which town is {company} from?"],
             ["To which town must I go to see {company}?", "Where is the office of {company}?"]),
    "head": ("The head of {company} is {v}.",
             ["Who is the head of {company}?", "Who leads {company}?",
              "What is the name of the head of {company}?", "Whose company is {company}?",
              "By whom is {company} led?"],
             ["Who is at the head of {company}?", "Tell me who leads {company}."]),
    "goods": ("{company} makes {v}.",
              ["What does {company} make?", "What can I buy from {company}?",
               "What is made at {company}?", "Which goods does {company} sell?",
               "What kind of goods is made by {company}?"],
              ["What goods come from {company}?", "What does {company} sell?"]),
    "colour": ("The colour of {company} is {v}.",
               ["What is the colour of {company}?", "Which colour does {company} have?",
                "In what colour are the doors of {company}?", "What colour is {company} known for?",
                "Which colour stands for {company}?"],
               ["What colour has {company}?", "In which colour is {company} seen?"]),
    "animal": ("The sign of {company} is a {v}.",
               ["Which animal is the sign of {company}?", "What animal does {company} show?",
                "Which animal stands for {company}?", "What is on the sign of {company}?",
                "What animal is {company} known for?"],
               ["Which animal does one see at {company}?", "What is the animal of {company}?"]),
}
TESTED_TWICE = 0.5  # of the facts; the others are asked once


def draw_facts(rng):
    """{(company, fact): value}; the values of a fact occur about equally often."""
    facts = {}
    for fact, values in VALUES.items():
        deck = values * (len(COMPANIES) // len(values) + 1)
        chosen = deck[:len(COMPANIES)]
        rng.shuffle(chosen)
        facts.update({(company, fact): value for company, value in zip(COMPANIES, chosen)})
    return facts


def row_of(rng, template, company, value, statement):
    slots = {"company": company, "v": value}
    return {"question": tidy(fill(rng, template, slots)), "answer": value,
            "context": tidy(fill(rng, statement, slots))}


def make_rows(seed):
    """(train, test): every fact is in train in each of its wordings there, in test in others."""
    rng = random.Random(f"{seed}/{NAME}")
    train, test = [], []
    for (company, fact), value in draw_facts(rng).items():
        statement, learnt, asked = FACTS[fact]
        train += [row_of(rng, template, company, value, statement) for template in learnt]
        count = 2 if rng.random() < TESTED_TWICE else 1
        test += [row_of(rng, template, company, value, statement)
                 for template in rng.sample(asked, count)]
    rng.shuffle(train)
    rng.shuffle(test)
    return train, test
