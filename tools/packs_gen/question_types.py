# SPDX-License-Identifier: Apache-2.0
"""question_types: what kind of answer a question asks for, whatever word it opens with."""

from .grammar import expand, roughen, seen_in, tidy

NAME = "question_types"
DESCRIPTION = "Decide what kind of answer this question asks for."
METRICS = ("accuracy", "macro_f1")
TRAIN_PER_CLASS, TEST_PER_CLASS = 80, 40

LEXICON = {
    "who": ["king", "nurse", "painter", "captain", "inventor", "singer", "poet", "teacher",
            "pilot", "explorer", "chemist", "judge", "mayor", "sculptor", "farmer", "queen"],
    "where": ["city", "country", "island", "river", "valley", "harbour", "village", "mountain",
              "desert", "province", "street", "lake", "port", "castle", "continent", "region"],
    "what": ["metal", "spice", "animal", "instrument", "fabric", "gas", "fruit", "tool", "language",
             "sport", "bird", "disease", "colour", "vehicle", "gemstone", "dance"],
    "deed": ["built the first steam boat", "won the race to the pole", "wrote the old sea songs",
             "found the comet", "drew the first map of the coast", "made the glass bridge",
             "opened the stone theatre", "planted the royal garden", "broke the long siege",
             "sailed around the cape", "carved the marble lion", "started the fire brigade"],
    "event": ["the great flood", "the harvest fair", "the first balloon flight", "the salt war",
              "the treaty of the three lakes", "the long frost", "the lantern parade",
              "the spring eclipse", "the big train strike", "the copper rush"],
    "term": ["an isthmus", "photosynthesis", "inflation", "a quorum", "a haiku", "osmosis",
             "a sonata", "barter", "an estuary", "a mortgage", "a fjord", "irony", "a catalyst",
             "a census", "velocity", "a monsoon"],
    "matter": ["bread rises", "ice floats", "cats purr", "the sky turns red at dusk",
               "leaves fall in autumn", "iron rusts", "the sea is salty", "volcanoes erupt",
               "bees dance", "bridges hum in the wind", "milk turns sour", "magnets pull iron"],
    "skill": ["tie a bowline", "sharpen a scythe", "bake rye bread", "patch a tyre", "dye wool",
              "read a tide table", "tune a fiddle", "prune an apple tree", "fold a paper crane",
              "light a fire in the rain"],
    "unit": ["miles", "kilograms", "people", "steps", "years", "islands", "teeth", "legs", "litres",
             "pages", "stars", "wheels"],
    "beast": ["an octopus", "a camel", "a honey bee", "a whale", "an owl", "a spider", "a reindeer",
              "a lobster", "an elephant", "a bat"],
    "place": ["Lisbon", "Nairobi", "the Nile", "Iceland", "Peru", "the Alps", "Kyoto", "Malta",
              "Cairo", "the Baltic Sea", "Bolivia", "Oslo"],
    "thing": ["a piano", "a lighthouse", "the old clock tower", "a sailing boat", "a windmill",
              "the town bell", "a compass", "the silver crown", "a telescope", "a loom"],
}

# Clauses that follow "tell me"; the frames below make questions of them.
CLASSES = {
    "person": ("a person or group", [
        "who {deed}", "which {who} {deed}", "what {who} {deed}", "the name of the {who} who {deed}",
        "what team {deed}", "which {who} was born near {place} in the year of {event}",
        "who gave {thing} to the town of {place}", "whose ship was lost at the time of {event}",
        "the (family|club|company) that {deed}", "by whom {thing} was made"]),
    "place": ("a location", [
        "where {event} took place", "which {where} is the home of {beast}",
        "what {where} lies north of {place}", "the {where} where the {who} who {deed} was born",
        "in which {where} people first made {thing}", "what {where} the {who} came from",
        "where the {who} kept {thing}", "the name of the {where} closest to {place}",
        "from which {where} the {what} comes", "on which {where} {event} began"]),
    "number": ("a count or amount", [
        "how many {unit} there are in {place}", "how long {thing} is",
        "how many {unit} {beast} has", "how much {thing} weighs", "the number of {unit} in {place}",
        "what share of {place} is covered by water", "what {thing} costs",
        "how far {place} is from {place}", "how old the {who} was when he {deed}",
        "at what speed {beast} can move"]),
    "time": ("a date or moment", [
        "when {event} was", "in what year the {who} {deed}", "on which day {event} ended",
        "which century {thing} comes from", "the month in which {event} is held",
        "when {thing} was brought to {place}", "the date of {event}",
        "what time of year {beast} sleeps", "in which decade people of {place} first saw {thing}",
        "how late in the year {event} can fall"]),
    "thing": ("an object, animal or substance", [
        "what {what} is the symbol of {place}", "which {what} the {who} liked most",
        "what {beast} eats", "what {thing} is made of", "which {what} is the (hardest|oldest)",
        "what the {who} carried at {event}", "what people of {place} drink at {event}",
        "the {what} that {place} sells to the world", "what the {who} who {deed} used as a tool",
        "which {what} grows near {place}"]),
    "explanation": ("a meaning, reason or method", [
        "why {matter}", "how to {skill}", "what {term} is", "what {term} means",
        "the reason {matter}", "how {thing} works", "how it comes that {matter}",
        "why the {who} {deed}", "what makes it so that {matter}", "what led to {event}"]),
}
FRAMES = [
    "(Can|Could|Would) you tell me {clause}?", "Tell me {clause}.",
    "I (want|would like) to know {clause}.",
    "Who (knows|can tell me) {clause}?", "Where (can I read|does it say) {clause}?",
    "When you have time, tell me {clause}.", "How can I find out {clause}?",
    "Why does nobody know {clause}?",
    "Quiz time: {clause}?", "What book says {clause}?",
    "My (son|teacher|neighbour) asked me {clause}.",
    "(Please |)(say|write down) {clause}.", "How many of you know {clause}?", "{clause}?",
    "{clause}?",
    "In which lesson did we learn {clause}?", "Name {clause}, if you can.", "I forgot {clause}.",
]
BEFORE = ["We were in {place} at the time.",
          "I read about {event} (in a book|in the paper|last night).",
          "There is a {who} in this story.", "I saw {thing} today.", "We talked about {beast}.",
          "I counted many {unit}.", "It is not about who {deed}.", "I know when {event} was.",
          "Never mind where the {who} lived.", "I know what {term} is.",
          "I do not ask why {matter}.", "I know how many {unit} there are."]


def make_input(rng, split, label):
    """One question in a frame whose own question word says nothing about the class."""
    lexicon = dict(LEXICON, clause=[rng.choice(seen_in(split, CLASSES[label][1]))])
    text = expand(rng, rng.choice(FRAMES), lexicon)
    if rng.random() < 0.35:
        text = expand(rng, rng.choice(BEFORE), LEXICON) + " " + text
    return roughen(rng, tidy(text))


def classes():
    return [(name, description) for name, (description, _) in CLASSES.items()]
