# SPDX-License-Identifier: Apache-2.0
"""review_sentiment: short reviews whose negations and contrasts must be read."""

from .grammar import expand, roughen, seen_in, tidy

NAME = "review_sentiment"
DESCRIPTION = "Read this review and decide how its writer feels about the place or thing."
METRICS = ("accuracy", "macro_f1")
TRAIN_PER_CLASS, TEST_PER_CLASS = 150, 80

LEXICON = {
    "aspect": ["room", "soup", "staff", "view", "film", "plot", "bed", "music", "service",
               "breakfast",
               "sound", "garden", "price", "cast", "ending", "coffee", "pool", "battery", "handle",
               "app", "seat", "waiter", "bread", "screen", "fabric", "guide"],
    "good": ["great", "lovely", "superb", "charming", "excellent", "a joy", "first class",
             "brilliant",
             "delightful", "worth every penny"],
    "bad": ["awful", "poor", "dreadful", "a letdown", "shabby", "a mess", "third rate", "boring",
            "dire", "a waste of money"],
    "who": ["my friends", "the papers", "my boss", "my aunt", "the guide book", "everyone online",
            "our neighbours"],
    "when": ["last week", "in May", "on a rainy day", "with my family", "for the first time",
             "on our way home", "again"],
    "good_clause": ["the {aspect} was {good}", "the {aspect} was {good}", "I loved the {aspect}",
                    "nothing about the {aspect} was {bad}", "the {aspect} was anything but {bad}",
                    "the {aspect} was not {bad} at all",
                    "I could not have asked for a better {aspect}",
                    "I never had a better {aspect}", "we never had to complain about the {aspect}"],
    "bad_clause": ["the {aspect} was {bad}", "the {aspect} was {bad}", "I hated the {aspect}",
                   "nothing about the {aspect} was {good}", "the {aspect} was anything but {good}",
                   "the {aspect} was not {good} at all", "I could not have met a worse {aspect}",
                   "I never had a worse {aspect}",
                   "we had every reason to complain about the {aspect}"],
    "plain": ["we came {when}", "it was my first visit", "we sat near the door",
              "I bought it {when}",
              "we stayed for two nights", "the {aspect} is near the station", "it rained outside",
              "I went there {when}", "it comes in blue and grey"],
}
CLASSES = {
    "positive": ("content in the end", [
        "{good_clause} and {good_clause}",
        "{who} told me that {bad_clause}, which is wrong: {good_clause}",
        "I feared that {bad_clause}, yet {good_clause}", "{plain}. {good_clause}. I will be back",
        "do not believe those who say that {bad_clause}; {good_clause}",
        "at first I thought that {bad_clause}, then I saw that {good_clause}",
        "{who} said that {bad_clause}. Not so, {good_clause}", "{good_clause}. {plain}",
        "years ago {bad_clause}, those days are over and {good_clause}",
        "{who} had me think that {bad_clause}, I know better now: {good_clause}"]),
    "negative": ("unhappy in the end", [
        "{bad_clause} and {bad_clause}",
        "{who} told me that {good_clause}, which is wrong: {bad_clause}",
        "I hoped that {good_clause}, yet {bad_clause}", "{plain}. {bad_clause}. I will not be back",
        "do not believe those who say that {good_clause}; {bad_clause}",
        "at first I thought that {good_clause}, then I saw that {bad_clause}",
        "{who} said that {good_clause}. Not so, {bad_clause}", "{bad_clause}. {plain}",
        "years ago {good_clause}, those days are over and {bad_clause}",
        "{who} had me think that {good_clause}, I know better now: {bad_clause}"]),
    "mixed": ("both good and bad sides", [
        "{good_clause}, but {bad_clause}", "{bad_clause}, though {good_clause}",
        "{plain}. {good_clause}. On the other hand, {bad_clause}",
        "I cannot decide: {good_clause} and {bad_clause}",
        "it is true what {who} say, {good_clause} and {bad_clause}",
        "on the one hand {bad_clause}, on the other {good_clause}",
        "{good_clause}. {plain}. Sadly, {bad_clause}", "while {bad_clause}, {good_clause}",
        "half of me says that {good_clause}, the other half that {bad_clause}",
        "{bad_clause}. {plain}. Happily, {good_clause}"]),
}


def make_input(rng, split, label):
    """One or two sentences of judgement, sometimes with a plain remark before."""
    template = rng.choice(seen_in(split, CLASSES[label][1]))
    text = expand(rng, template, LEXICON) + "."
    if "{plain}" not in template and rng.random() < 0.3:
        text = expand(rng, rng.choice(LEXICON["plain"]), LEXICON) + ". " + text
    return roughen(rng, tidy(text))


def classes():
    return [(name, description) for name, (description, _) in CLASSES.items()]
