# SPDX-License-Identifier: Apache-2.0
"""support_intents: what the customer of a bank, phone company or shop wants."""

from .grammar import expand, roughen, seen_in, tidy
from .support_phrases import CLASSES, RULED_OUT

NAME = "support_intents"
DESCRIPTION = ("A customer of a bank, phone company or online shop wrote this message. "
               "Decide what the customer needs.")
METRICS = ("accuracy", "macro_f1")
TRAIN_PER_CLASS, TEST_PER_CLASS = 26, 10

LEXICON = {
    "day": ["Monday", "Tuesday", "Thursday", "Friday", "Sunday", "yesterday", "last week",
            "this morning", "two days ago", "last night"],
    "days": ["three days", "a week", "ten days", "two weeks", "nearly a month", "five days"],
    "item": ["lamp", "pair of boots", "coffee grinder", "rucksack", "desk fan", "blue jumper",
             "keyboard", "set of plates", "tent", "toy train", "mirror", "kettle"],
    "other_item": ["garden hose", "phone case", "yoga mat", "pan", "bicycle bell", "dog lead"],
    "sum": ["£12", "£40", "$85", "19.99", "€230", "$7.50", "300 euros", "fifty pounds"],
    "shop": ["the bakery", "the petrol station", "the supermarket", "a hotel", "the chemist",
             "the train station", "a cafe", "the cinema"],
    "person": ["my sister", "my landlord", "a friend", "my son", "a colleague", "my mum"],
    "land": ["Spain", "Japan", "Kenya", "Canada", "Turkey", "Chile", "Norway", "Portugal"],
    "room": ["kitchen", "bedroom", "office", "garden", "cellar", "flat"],
}
HELLO = ["(Hi|Hello|Hey|Good morning|Dear team|Good evening)(,|.)", "Hi there.",
         "(Quick question.|Me again.|Long time customer here.)"]
BYE = ["(Thanks|Thank you|Cheers)(.|!)", "Please (help|advise|answer soon).",
       "What should I do?", "I need an answer (today|soon|by {day}).",
       "(Your chat bot|The help page|Your phone line) was no use.",
       "(It is really annoying|I am not happy|No rush though)."]
ASIDE = ["I have been with you for (two|six|ten) years.", "I (wrote|called) about this {day}.",
         "{person} said you could help.", "I am (at work|on the bus|in {land}) right now.",
         "I live near {shop}.", "I paid {sum} for it."]


def make_input(rng, split, label):
    """One message; about half carry a ruled-out remark that belongs to another intent."""
    core = expand(rng, rng.choice(seen_in(split, CLASSES[label][1])), LEXICON)
    parts = [core + ("" if core[-1] in ".?!" else rng.choice((".", ".", "!")))]
    if rng.random() < 0.5:
        other = rng.choice([name for name in CLASSES if name != label])
        remark = expand(rng, rng.choice(RULED_OUT[other]), LEXICON)
        frame = rng.choice(("{0}, so that is not it.", "{0}.", "{0}, by the way.",
                            "To be clear, {0}.", "I know that {0}."))
        parts.insert(rng.choice((0, 1)), frame.format(remark))
    if rng.random() < 0.25:
        parts.insert(rng.randrange(len(parts) + 1), expand(rng, rng.choice(ASIDE), LEXICON))
    if rng.random() < 0.35:
        parts.insert(0, expand(rng, rng.choice(HELLO), LEXICON))
    if rng.random() < 0.35:
        parts.append(expand(rng, rng.choice(BYE), LEXICON))
    return roughen(rng, tidy(" ".join(parts)))


def classes():
    return [(name, description) for name, (description, _) in CLASSES.items()]
