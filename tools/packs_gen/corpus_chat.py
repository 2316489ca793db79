# SPDX-License-Identifier: Apache-2.0
"""Plain chat rows of the corpus: questions and answers, small tasks, stories, short talks."""

from .corpus_sentences import DOMAINS as SENTENCE_DOMAINS
from .corpus_sentences import LEXICON
from .corpus_words import DOMAINS as WORD_DOMAINS
from .grammar import expand, tidy

OPPOSITES = [pair.split(":") for pair in (
    "hot:cold big:small fast:slow old:new good:bad happy:sad early:late open:closed full:empty "
    "light:dark high:low near:far rich:poor strong:weak loud:quiet wet:dry clean:dirty hard:soft "
    "right:wrong lost:found broken:whole cheap:dear always:never "
    "all:none before:after more:less").split()]
CAPITALS = [pair.split(":") for pair in (
    "France:Paris Italy:Rome Spain:Madrid Germany:Berlin Austria:Vienna Ireland:Dublin "
    "Poland:Warsaw Greece:Athens Egypt:Cairo Japan:Tokyo Norway:Oslo Sweden:Stockholm "
    "Cuba:Havana Kenya:Nairobi Portugal:Lisbon Peru:Lima "
    "Denmark:Copenhagen Hungary:Budapest").split()]
NUMBERS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
           "fifteen sixteen seventeen eighteen nineteen twenty").split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
STORY = {
    "hero": ["a (young|poor|clever|tired) {job}", "a (little|lazy|brave) (boy|girl)",
             "an old (man|woman)", "a (fox|bear|mouse|crow)"],
    "spot": ["near {town}", "by the sea", "in a small house", "on a hill", "at the edge of a wood"],
    "turn": ["One day (he|she) found a {thing} in the {room}.", "One morning the {thing} was gone.",
             "{past_word} a stranger came and asked for {dish}.", "Then it began to snow.",
             "Nobody knew why the {thing} was broken.", "A letter came from {town}."],
    "past_word": ["In the evening", "At {hour}", "One night"],
    "deed": ["{name} went to look for it.", "They asked {name} for help.",
             "They looked in the {room}.",
             "{name} mended it with glue.", "They paid {sum} for it.", "They waited until {day}."],
    "close": ["In the end all was well.", "They were happy again.", "So they went home.",
              "And that was the end of it.", "They never saw it again, but they did not mind.",
              "Since then they have been friends."],
}
SMALL_TALK = [
    ("(Hi|Hello|Good morning)", "(Hello|Hi|Good morning), how can I help you?"),
    ("How are you?", "I am fine, thank you. And you?"), ("Thank you", "You are welcome."),
    ("I lost my {thing}", "I am sorry. Where did you last see it?"),
    ("My {thing} is broken", "That is a pity. (Shall we mend it?|Do you want a new one?)"),
    ("I am hungry", "There is {dish} in the {room}."), ("Goodbye", "Goodbye, see you {day}."),
    ("I want to go to {town}", "You can take the train at {hour}."),
    ("The {part} was awful", "I am sorry that you did not like it."),
    ("The {part} was great", "I am glad that you liked it."),
    ("My parcel has not come", "I am sorry. When did you order it?"),
    ("I paid {sum} too much", "Then you will get {sum} back."),
    ("Can I call you {day}?", "Yes, please call at {hour}."),
    ("What can you do?", "I can answer questions and sort texts into classes."),
]


def fact(rng):
    topic, _, classes = rng.choice(WORD_DOMAINS)
    key = rng.choice(list(classes))
    about, items = classes[key]
    word = rng.choice(items)
    return topic, classes, key, about, items, word


def fact_row(rng):
    """What an item is, whether it is so, what else is of its class, which one does not belong."""
    topic, classes, key, about, items, word = fact(rng)
    wrong_key = rng.choice([other for other in classes if other != key])
    wrong = rng.choice(classes[wrong_key][1])
    three = rng.sample(items, min(3, len(items)))
    odd = rng.sample(items, min(2, len(items))) + [wrong]
    rng.shuffle(odd)
    return rng.choice((
        (f"What kind of {topic} is {word}?", key[0]),
        (f"{word}: {key[0]} or {wrong_key[0]}?", key[0]),
        (f"{word}: {wrong_key[0]} or {key[0]}?", key[0]),
        (f"Is {word} of the kind {key[0]}?", "Yes."),
        (f"Is {word} of the kind {wrong_key[0]}?", f"No, {word} is of the kind {key[0]}."),
        (f"Name three of the kind {key[0]} ({topic}).", ", ".join(three)),
        (f"Which does not belong: {', '.join(odd)}?", wrong),
        (f"What do you know about {key[0]} ({topic})?", f"{key[0]}: {about}. For example {word}."),
        (f"Give another word for the class {key[0]} ({topic}).", key[1]),
        (f"Sort by kind: {word}, {wrong}.", f"{word} is {key[0]}, {wrong} is {wrong_key[0]}."),
    ))


def small_task_row(rng):
    """Opposites, capitals, sums, series, letters, copying."""
    left, right = rng.choice(OPPOSITES)[::rng.choice((1, -1))]
    land, city = rng.choice(CAPITALS)
    a, b = rng.randrange(11), rng.randrange(10)
    series = rng.choice((DAYS, MONTHS, NUMBERS))
    at = rng.randrange(len(series) - 3)
    word = fact(rng)[5]
    sentence = tidy(expand(rng, rng.choice(SMALL_TALK)[0], LEXICON))
    return rng.choice((
        (f"What is the opposite of {left}?", f"The opposite of {left} is {right}."),
        (f"What is the capital of {land}?", f"{city} is the capital of {land}."),
        (f"Of which country is {city} the capital?", land),
        (f"What is {a} plus {b}?", f"{a} plus {b} is {a + b}."),
        (f"What is {NUMBERS[a]} and {NUMBERS[b]}?", NUMBERS[a + b]),
        (f"Which is more, {a} or {b + 11}?", str(b + 11)),
        ("Go on: " + ", ".join(series[at:at + 2]), ", ".join(series[at + 2:at + 4])),
        (f"What comes after {series[at]}?", series[at + 1]),
        (f"With which letter does {word} begin?", word[0].upper()),
        (f"Say this again: {sentence}", sentence),
        (f"Write in capital letters: {word}", word.upper()),
        (f"How many words are there here: {sentence}", str(len(sentence.split()))),
    ))


def reading_row(rng):
    """A sentence and a question whose answer stands in it."""
    wanted = ("thing", "room", "town", "day", "sum", "dish")
    slots = {slot: rng.choice(LEXICON[slot]) for slot in wanted}
    first, second = rng.sample(LEXICON["name"], 2)
    text, questions = rng.choice((
        (f"{first} gave {second} a {slots['thing']} in the {slots['room']}.",
         (("Who gave it?", first), ("Who got it?", second),
          ("What was it?", f"A {slots['thing']}."),
          ("Where was it?", f"In the {slots['room']}."))),
        (f"{first} goes to {slots['town']} {slots['day']} with {second} and pays {slots['sum']}.",
         (("Where does the way lead?", f"To {slots['town']}."), ("How much is it?", slots["sum"]),
          ("When is it?", slots["day"]), ("Who comes too?", second))),
        (f"{first} cooked {slots['dish']}, but {second} did not like it.",
         (("Who was the cook?", first), ("What was cooked?", slots["dish"]),
          ("Who did not like it?", second), (f"Did {second} like it?", "No."))),
        (f"{first} thought the {slots['thing']} was in the {slots['room']}, but it was not there.",
         (("Was it there?", "No."), ("What is gone?", f"The {slots['thing']}."),
          ("Who was wrong?", first))),
    ))
    question, answer = rng.choice(questions)
    return f"{text} {question}", tidy(answer)


def story_row(rng):
    """A story of four to six sentences, cut at a random sentence."""
    lexicon = dict(LEXICON, **STORY)
    parts = ["Once there was {hero} {spot}."] + rng.sample(STORY["turn"], 2)
    parts += rng.sample(STORY["deed"], rng.choice((1, 2))) + [rng.choice(STORY["close"])]
    parts = [tidy(expand(rng, part, lexicon)) for part in parts]
    cut = rng.randrange(1, len(parts) - 1)
    if rng.random() < 0.3:
        start = rng.choice(("Tell me a story.", "Tell a short tale."))
        return f"{start} {parts[0]}", " ".join(parts)
    return rng.choice(("Go on: ", "Continue the story: ", "What happens next? ")) + " ".join(
        parts[:cut]), " ".join(parts[cut:])


def writing_row(rng):
    """From a class back to a text: somebody asks for a sentence of a given kind."""
    topic, _, classes = rng.choice(SENTENCE_DOMAINS)
    key = rng.choice(list(classes))
    sentence = tidy(expand(rng, rng.choice(classes[key][1]), LEXICON))
    start = rng.choice(("Write a sentence", "Give me an example", "Write one line"))
    if rng.random() < 0.5:
        return f"{start} for the class {rng.choice(key).replace(' ', '_')} ({topic}).", sentence
    return f"{start} ({topic}): {classes[key][0]}.", sentence


def chat_messages(rng):
    """The messages of one plain chat row; small talk may have two exchanges."""
    makers = (fact_row, small_task_row, reading_row, story_row, writing_row)
    if rng.random() < 0.08:
        turns = [tuple(tidy(expand(rng, side, LEXICON)) for side in pair)
                 for pair in rng.sample(SMALL_TALK, rng.choice((1, 2, 2, 3)))]
    else:
        question, answer = rng.choices(makers, (30, 12, 18, 22, 18))[0](rng)
        turns = [(tidy(question), answer)]
    return [{"role": role, "content": text} for turn in turns
            for role, text in zip(("user", "assistant"), turn)]
