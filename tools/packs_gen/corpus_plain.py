# SPDX-License-Identifier: Apache-2.0
"""The second part of pre-training: classification with plain names, nothing else.

Its lists name what they mean, among them kinds of goods, of questions and of moods, so that a base
model knows such names when it meets a pack's list; the sentences are simple ones of its own.
"""

from .corpus_classify import _ASIDES, _MERGED_TOPICS, _TASKS, SENTENCE_DOMAINS, WORD_DOMAINS
from .corpus_sentences import LEXICON
from .corpus_words import parse
from .grammar import expand, roughen, tidy

TEXT = """
# what kind of goods this is ||
electronics = runs on power : a (small|new|black) {x_e}; {x_e} with a long cable; (a|the) {x_e} and
  its charger; this {x_e} has a fine screen; {x_e}, two years old, works well
clothing = to be worn : a (warm|blue|long) {x_c}; {x_c} made of wool; (a|the) {x_c} in size M; {x_c}
  for cold days; this {x_c} fits well
household = for the home : a (steel|white|large) {x_h}; {x_h} for the kitchen; (a|the) {x_h} that
  lasts; {x_h}, easy to clean
books = to be read : a (long|new|short) {x_b}; {x_b} by {name}; (a|the) {x_b} with many pages; this
  {x_b} is about {town}
toys = to play with : a (red|soft|little) {x_t}; {x_t} for children; (a|the) {x_t} from the fair
tools = for work by hand : a (heavy|good|sharp) {x_w}; {x_w} for the shed; (a|the) {x_w} of steel
# what the question asks for ||
person = somebody : Who wrote {song}?; Who was the {job} of {town}?; Which {job} came {past}?; Who
  has my {thing}?
place = somewhere : Where is {town}?; Where did {name} leave the {thing}?; In which {room} is the
  {thing}?; Where can I buy a {thing}?
number = how many or how much : How many {thing}s are in the {room}?; How much is the {thing}?; How
  many people live in {town}?
time = when : When does {name} come?; At what hour is {dish} served?; When was {song} written?; In
  which year did the {job} leave?
thing = some object : What did {name} find in the {room}?; What is in the {dish}?; Which {thing} did
  the {job} lose?
explanation = why or how : Why is the {thing} in the {room}?; How do you cook {dish}?; Why did
  {name} leave {town}?; What does the {job} mean by that?
yes_or_no = can be answered by yes : Is {name} in the {room}?; Did the {job} see {town}?; Do you
  like {dish}?
# how the writer feels about it ||
positive = glad : The {part} was (great|lovely|fine); I loved the {part}; We were glad about the
  {part}; A (great|lovely) {part}
negative = not glad : The {part} was (bad|awful|poor); I hated the {part}; The {part} made us sad;
  What an awful {part}
mixed = good and bad : The {part} was fine but the {thing} was bad; I loved the {part}, yet the
  {thing} was awful; A lovely {part}, a poor {thing}
neutral = neither : The {part} is in {town}; They showed us the {part} {past}; There was a {part}
# how soon somebody must come ||
critical = at once : Nobody can work; All doors are locked and all of us wait; Everything stopped
  {past}
high = today : Our team cannot work; The whole {room} team waits; We all work by hand now
normal = in some days : My {thing} does not work; {name} has no {thing}; I cannot open the {thing}
low = whenever : A small spot on the {thing}; Could the {thing} be blue?; I would like a nicer
  {thing}
"""
GOODS = {
    "x_e": ["phone", "laptop", "radio", "camera", "printer", "speaker", "tablet", "headset"],
    "x_c": ["shirt", "coat", "scarf", "jacket", "dress", "jumper", "skirt", "hat"],
    "x_h": ["pan", "kettle", "mop", "bowl", "knife", "plate", "bucket", "towel"],
    "x_b": ["novel", "comic", "guide", "dictionary", "story", "handbook", "diary", "poem"],
    "x_t": ["doll", "ball", "puzzle", "kite", "puppet", "train set"],
    "x_w": ["hammer", "saw", "drill", "spanner", "file", "axe"],
}
OWN_DOMAINS = parse(TEXT, ";")
_RARE = {"toys", "tools", "yes_or_no", "neutral"}
_LEXICON = {**LEXICON, **GOODS}
_OWN_SHARE, _RARE_SHARE = 0.7, 0.25
_PLAIN_TASKS = _TASKS + [
    "Put this (text|line|message) into the right (class|category).",
    "Read this (text|message) and decide {topic}. What counts is the whole text.",
    "Decide {topic}. There may be a word of another class in it."]


def some_keys(rng, classes):
    """Two to six classes in any order, those of _RARE seldom among them."""
    keys = [key for key in classes if key[0] not in _RARE or rng.random() < _RARE_SHARE]
    rng.shuffle(keys)
    return keys[:min(len(keys), rng.choice((2, 3, 3, 4, 4, 5, 6)))]


def plain_text(rng, frames, items, count):
    """`count` sentences that are all of one class, each an item or an item in a frame."""
    sentences = []
    for _ in range(count):
        text = rng.choice(items)
        if frames:
            text = rng.choice(frames).replace("{x}", text)
        text = expand(rng, text, _LEXICON)
        sentences.append(text + ("" if text[-1] in "?!" else "."))
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        sentences.insert(rng.randint(0, len(sentences)),
                         expand(rng, rng.choice(_ASIDES).strip(), _LEXICON))
    return tidy(" ".join(sentences))


def plain_row(rng):
    """(description, [(name, description)], input, index of the right class)."""
    own = rng.random() < _OWN_SHARE
    topic, frames, classes = rng.choice(OWN_DOMAINS if own else WORD_DOMAINS + SENTENCE_DOMAINS)
    keys = some_keys(rng, classes)
    target = rng.randrange(len(keys))
    text = plain_text(rng, frames, classes[keys[target]][1], rng.choice((1, 1, 2, 3)) if own else 1)
    described = rng.random() < 0.8
    labels = [(key[0].replace(" ", "_"), classes[key][0] if described else "") for key in keys]
    task = rng.choice(_PLAIN_TASKS).replace(
        "{topic}", rng.choice(_MERGED_TOPICS) if rng.random() < 0.3 else topic)
    return tidy(expand(rng, task, _LEXICON)), labels, roughen(rng, text, 0.03, 0.05), target
