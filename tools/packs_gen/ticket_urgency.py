# SPDX-License-Identifier: Apache-2.0
"""ticket_urgency: scope, workaround and state together decide; loud words do not."""

from .grammar import expand, roughen, seen_in, tidy

NAME = "ticket_urgency"
DESCRIPTION = ("Decide how urgent this ticket to the computer desk is. "
               "What counts is how many people are stopped, whether there is a way around, "
               "and whether it still happens.")
METRICS = ("accuracy", "macro_f1")
TRAIN_PER_CLASS, TEST_PER_CLASS = 120, 60

LEXICON = {
    "system": ["web shop", "mail server", "payroll system", "booking page", "door system",
               "phone line", "stock list", "cash desk", "printer queue", "file store", "wiki",
               "backup", "login page", "call centre screen", "time clock", "customer portal"],
    "broke": ["is down", "does not start", "throws errors", "has stopped", "hangs", "crashed",
              "rejects every login", "is dead", "shows a blank page", "does not answer"],
    "team": ["sales", "finance", "design", "warehouse", "legal", "support", "night shift"],
    "everyone": ["for all customers", "for the whole company", "in every branch", "for everybody",
                 "at all our sites", "for each and every user"],
    "group": ["for the {team} team", "for three of us in {team}", "on our floor only",
              "for a few people in {team}", "at the desks of {team}"],
    "one": ["on my laptop", "just for me", "at my desk", "for one new colleague", "on my account"],
    "no_way": ["there is no way around it", "nothing we tried helps", "nobody can go on working",
               "all work has stopped", "we have no other way", "no workaround is known"],
    "my_stop": ["I cannot go on", "I have no other way to do it", "I am stuck", "nothing helps"],
    "way": ["the old one still works", "we can do it on paper (for now|until {soon})",
            "there is a way around it", "we use the phone in its place",
            "the copy in {team} is fine",
            "a restart helps each time", "we can wait it out with the spare one"],
    "over": ["it came back by itself", "that was {past} and all is well now",
             "it is solved since {past}",
             "a restart has cured it", "it has not happened again", "this was only a drill",
             "that is only the test copy, nobody uses it", "your colleague fixed it {past}"],
    "trifle": ["the logo on the {system} is a little crooked", "there is a typo on the {system}",
               "the {system} has an ugly colour", "two icons in the {system} overlap",
               "could the {system} get a dark mode", "how do I change my photo in the {system}",
               "I have an idea for the {system}", "the help text of the {system} is out of date",
               "where can I read more on the {system}",
               "I would like a bigger font in the {system}"],
    "soon": ["tomorrow", "Friday", "next week", "noon", "the end of the month"],
    "past": ["yesterday", "last night", "an hour ago", "this morning", "on Monday"],
    "loud": ["URGENT!!!", "Emergency!", "Please drop everything.", "Critical problem:",
             "Top priority:", "Act now."],
    "calm": ["No hurry at all.", "Just a small thing.", "Low priority, I guess.", "Maybe a detail:",
             "Only a question, perhaps.", "Sorry to bother you."],
    "also": ["The {system} is fine.", "The {team} team sends regards.",
             "I will be away until {soon}.",
             "My desk is next to {team}.", "I wrote about the {system} {past}.",
             "The logo looks nice by the way.", "Everybody likes the new {system}.",
             "I have a meeting at noon.", "We had no trouble with the {system}.",
             "It was not like this {past}."],
}
CLASSES = {
    "critical": ("everybody stopped, no way around", [
        "the {system} {broke} {everyone}, {no_way}", "{no_way}: the {system} {broke} {everyone}",
        "since {past} the {system} {broke} {everyone}. {no_way}",
        "it looked like a fault on my laptop, but the {system} {broke} {everyone} and {no_way}",
        "{everyone} the {system} {broke}, {no_way}",
        "we hoped that {way}, which is not so. The {system} {broke} {everyone}"]),
    "high": ("team stopped, or everybody with a workaround", [
        "the {system} {broke} {group}, {no_way}", "the {system} {broke} {everyone}, but {way}",
        "{no_way} since {past}: the {system} {broke} {group}. Other teams are fine",
        "{way}, still the {system} {broke} {everyone}",
        "not everybody is hit: the {system} {broke} {group}, and {no_way}",
        "the {system} {broke} {everyone}. Luckily {way}"]),
    "normal": ("one person stopped, or team with workaround", [
        "the {system} {broke} {one}, {my_stop}", "the {system} {broke} {group}, but {way}",
        "{my_stop}: the {system} {broke} {one}. Everybody else can work",
        "{way}, still the {system} {broke} {group}",
        "all others are fine, but the {system} {broke} {one} and {my_stop}",
        "the {system} {broke} {group}. Luckily {way}"]),
    "low": ("solved, cosmetic, question or wish", [
        "the {system} {broke} {everyone}, but {over}", "{trifle}",
        "{past} the {system} {broke} {group} and {no_way}, but {over}",
        "nothing {broke_not}: {trifle}",
        "I wrote that the {system} {broke} {everyone} and {no_way}. {over}",
        "the {system} {broke} {one}, but {over}", "{trifle}, {everyone}"]),
}


def make_input(rng, split, label):
    """The facts, an opening whose tone says nothing, and a remark that changes nothing."""
    lexicon = dict(LEXICON, broke_not=["is broken", "has stopped", "is down"])
    parts = [expand(rng, rng.choice(seen_in(split, CLASSES[label][1])), lexicon) + "."]
    if rng.random() < 0.5:
        parts.insert(0, expand(rng, rng.choice(("{loud}", "{calm}")), lexicon))
    if rng.random() < 0.5:
        parts.append(expand(rng, "{also}", lexicon))
    return roughen(rng, tidy(" ".join(parts)))


def classes():
    return [(name, description) for name, (description, _) in CLASSES.items()]
