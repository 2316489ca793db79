# SPDX-License-Identifier: Apache-2.0
"""Sentence domains of the corpus, in the form of corpus_words; items are split at `;`.

Some are weak relations of the packs (money, phones, orders, reviews, questions), with other labels,
coarser classes and sentences of their own, so that a base model is better than chance on the packs.
"""

from .corpus_words import parse

LEXICON = {
    "name": ["Anna", "Ben", "Clara", "David", "Emma", "Frank", "Greta", "Hugo", "Ida", "Jon",
             "Kate",
             "Leo", "Mia", "Nils", "Olga", "Paul", "Rosa", "Sam", "Tom", "Vera"],
    "thing": ["key", "bag", "phone", "book", "card", "umbrella", "ticket", "ring", "coat", "watch",
              "lamp", "chair", "clock", "radio", "cup", "bike", "jacket", "kettle", "camera",
              "rug"],
    "room": ["kitchen", "hall", "bedroom", "office", "cellar", "garden", "bathroom"],
    "hour": ["noon", "six", "seven o'clock", "half past eight", "ten", "midnight"],
    "day": ["Monday", "Tuesday", "Wednesday", "Friday", "Saturday", "tomorrow", "next week"],
    "past": ["yesterday", "last week", "on Monday", "an hour ago", "last night", "this morning"],
    "dish": ["soup", "fish", "pasta", "salad", "curry", "omelette", "pie"],
    "town": ["Paris", "London", "Rome", "Madrid", "Berlin", "Vienna", "Dublin", "Prague"],
    "sum": ["ten pounds", "£20", "$15", "60 euros", "five dollars", "€9", "a hundred pounds"],
    "song": ["a waltz", "some jazz", "the new album", "an old song", "a march", "some blues"],
    "job": ["nurse", "baker", "captain", "king", "teacher", "painter", "farmer", "singer"],
    "part": ["room", "food", "film", "music", "service", "bed", "coffee", "story", "garden"],
}
TEXT = """
# what the guest of a hotel wants ||
late leave / stay longer = keep the room longer : Can I keep my room until {hour}?; We want to
  stay (one more night|until {day}); Is it fine to leave at {hour}?
cleaning / clean room = room is not clean : The {room} is dirty; Please clean my room; Nobody
  (made the bed|emptied the bin)
food wish / eat in the room = wants food : Please bring {dish} to my room; Is breakfast served at
  {hour}?; I am hungry, what is there to eat?
noise / too loud = cannot sleep : The people next door are loud; I can't sleep, the
  (lift|street|party) is so noisy; It is too loud in here
booking / reserve = wants a room : I would like to book a room for {day}; Do you have a room free
  {day}?; A double room for {name}, please
# what the user of a smart home wants ||
light on / make bright = switch lamps on : Turn on the light in the {room}; It is dark in the
  {room}; Lights on, please
light off / make dark = switch lamps off : Turn off the light in the {room}; It is too bright in
  the {room}; Lights out at {hour}
warmer / heat up = raise the temperature : I am cold; Turn up the heating; Make the {room} warmer
cooler / cool down = lower the temperature : It is too hot in the {room}; Turn the heating down;
  Make the {room} cooler
play music / music on = start music : Play {song}; I want to hear {song}; Put on {song} in the
  {room}
stop music / music off = end music : Stop the music; Be quiet now; No more songs, please
alarm / wake up = set an alarm : Wake me at {hour}; Set an alarm for {hour}; I must get up at
  {hour} {day}
# who should answer this message ||
money desk / bank clerk = accounts, cards, payments : I want to (open|close) an account; My card
  (is lost|does not work|is broken); I (paid|sent) {sum} {past} and have a question; What is the
  fee for {sum}?; Somebody took {sum} from my account; I forgot my code for the cash machine
phone desk / telephone firm = calls, data, internet : My phone has no signal in the {room}; The
  internet is slow; I want a (new|bigger|cheaper) phone plan; How do I use the new SIM?; I want to
  call from {town}, is it dear?; My data is gone
shop desk / seller = orders, parcels, goods : My parcel has not come; The {thing} came broken; I
  want to send the {thing} back; You sent me the wrong {thing}; Please cancel my order of a
  {thing}; I want to change my address
travel desk / travel agent = trips and tickets : I need a ticket to {town}; When does the train to
  {town} leave?; My flight to {town} was late; I want a seat by the window
doctor / health desk = pain and illness : My (head|foot|back|tooth) hurts; I feel ill since
  {past}; I need to see a doctor {day}; {name} has a cough
# what has happened to the thing ||
lost / gone = cannot be found : I lost my {thing} {past}; I can't find my {thing}; My {thing} is
  gone; Where did I leave my {thing}?; Somebody stole my {thing}
broken / damaged = is not whole : My {thing} is broken; The {thing} fell and has a crack; The
  {thing} is in pieces; There is a hole in my {thing}
late / not here yet = has not arrived : The {thing} should be here by now; I am still waiting for
  the {thing}; When will the {thing} arrive?; The {thing} has not come yet
found / back again = is there again : I found my {thing} in the {room}; The {thing} is back;
  {name} brought me my {thing}
wrong / not the right one = another one was meant : This is not my {thing}; I got the wrong
  {thing}; I wanted a {thing}, not this one
new / just bought = recently bought : I bought a {thing} {past}; Look at my new {thing}; {name}
  gave me a new {thing}
# what is the matter with the money ||
too much / paid too much = more than right : I paid {sum} too much; They took {sum} more than they
  should; It cost {sum} and I was asked for more
back / get money back = money returns : I want my {sum} back; {name} must pay me back {sum}; When
  do I get my money back?
send / give money = money goes out : I want to send {sum} to {name}; Please give {name} {sum}; Pay
  {sum} to {name} {day}
price / ask for price = wants to know cost : How much is the {thing}?; What does the {thing}
  cost?; Is the {thing} more than {sum}?
save / put aside = keeps money : I put {sum} in the bank; {name} saves {sum} each month; Keep
  {sum} for {day}
# what the person wants to do with it ||
buy / get = wants to have : I want to buy a {thing}; I need a {thing}; Can I have this {thing}?
give back / bring back = does not keep it : I want to give the {thing} back; I do not want to keep
  the {thing}; Please take the {thing} back
stop / end = no longer wants it : Please stop it; I do not want the {thing} any more; Do not send
  the {thing}; Cancel the {thing} for {day}
change / swap = wants another : I would like another {thing}; Can I change the {thing}?; Please
  change the day to {day}; I want a bigger {thing}
repair / mend = make it work : Can you mend my {thing}?; Please repair the {thing} by {day}; My
  {thing} must be mended
# how the writer liked it ||
good / liked it = likes it : The {part} was (good|great|nice|lovely|excellent); I loved the
  {part}; I was happy with the {part}; The best {part} I ever had; The {part} was not bad
bad / did not like it = does not like it : The {part} was (bad|awful|poor|terrible|dreadful); I
  hated the {part}; I was unhappy with the {part}; The worst {part} I ever had; The {part} was not
  good
so-so / in between = neither : The {part} was fine, I guess; The {part} was neither good nor bad;
  I liked the {part} but not the {part}
no opinion / says nothing = no judgement : We came {past}; I went to {town} with {name}; It opens
  at {hour}
# what the question asks about ||
who / a human = answer is a person : Who (made|found|took) the {thing}?; Which {job} came {past}?;
  Who is in the {room}?; What is the name of the {job}?
where / a spot = answer is a place : Where is the {thing}?; Which town is near {town}?; In which
  room is {name}?; Where does the {job} live?
when / a day or hour = answer is a time : When did {name} come?; At what time do we leave?; On
  which day is it?; When was the {thing} made?
how many / a number = answer is a number : How many cups are in the {room}?; How much is the
  {thing}?; How old is {name}?; How far is {town}?
why / a cause = answer is a reason : Why is the {thing} broken?; Why did {name} go to {town}?;
  What is the reason?
how / a way = answer is a method : How do I mend a {thing}?; How can we get to {town}?; How does
  the {thing} work?
# whether this can wait ||
now / at once = cannot wait : The house is on fire; Help, {name} cannot breathe; Water runs into
  the {room}; Everybody is stuck and nobody can work; All the lights are out in the whole town
today / soon = should be done today : The {thing} must be ready by {hour}; Three of us cannot
  work; Please call {name} before {hour}
later / some day = can wait : A nice picture for the {room} would be good; There is a small spot
  on the wall; I have an idea for the {room}; It is solved already
# how many people it concerns ||
one / a single person = one person only : Only {name} has it; It is just me; It is at my desk
  only; One {job} is waiting
some / a group = a few people : Three of us have it; It is the whole team of {name}; A few people
  in the {room} have it
all / everybody = all people : Everybody has it; It is the whole company; All people in {town}
  have it; It is the same for every customer
# whether the trouble is over ||
solved / over = all is well again : The {thing} works again; {name} mended it {past}; It came back
  {past}; All is well now
open / still there = not mended : The {thing} is still broken; Nothing helps; It has stopped and I
  am stuck; Nobody has mended it
# what kind of sentence it is ||
question / asks = asks something : Is {name} in the {room}?; Where is my {thing}?; Do you like
  {dish}?
order / command = tells someone to act : Bring me the {thing}; Close the door; Go to the {room};
  Wait until {hour}
statement / tells = says how things are : {name} is in the {room}; The {thing} is old; We had
  {dish} {past}
wish / hopes = hopes for something : I wish I had a {thing}; If only {name} were here; I hope it
  will be {day} soon
# when it happens ||
past / before now = is over : {name} went to {town}; We ate {dish} {past}; The {job} sold the
  {thing}
present / now = is going on : {name} is eating {dish}; The {job} sits in the {room}; I am looking
  for the {thing}
future / after now = will come : {name} will go to {town}; We shall eat {dish} {day}; The {job} is
  going to sell the {thing}
# what kind of text it is ||
recipe / cooking text = how to cook : Add salt to the {dish} and stir; Cook the {dish} for ten
  minutes; Cut the onions and fry them
news / newspaper = what happened : The mayor of {town} opened a bridge {past}; Police in {town}
  caught a thief; A storm hit {town} {past}
tale / story = once upon a time : Once upon a time a {job} lived near {town}; The old {job} had
  three sons; Long ago a {job} found a {thing}
letter / mail = to one person : Dear {name}, I hope you are well; Dear {name}, thank you for the
  {thing}; Yours, {name}
notice / sign = short public words : No entry; Closed until {day}; Mind the step; Keep off the
  grass
advert / sale text = wants to sell : Buy one {thing}, get one free; The best {thing} in {town} for
  just {sum}; New and better: our {thing}
# what the reader of a library wants ||
borrow / take home = wants a book for home : Can I take this book home?; I would like to borrow a
  novel; {name} wants to read this at home
give back book / return = brings a book : Here is the book from {past}; I want to give back two
  books; I bring back the atlas
search / find a book = looks for a book : Do you have a book about {town}?; Where are the books on
  trains?; I look for a story about a {job}
extend / more time = needs longer : Can I keep the book until {day}?; I need more time for this
  novel; I have not read it all, one more week please
# what the gym member wants ||
join / sign up = become a member : I want to become a member; How do I join the gym?; {name} would
  like to sign up
quit / leave = end membership : I want to leave the gym; Please end my membership; I am moving to
  {town} and quit
class time / timetable = when classes are : When is the yoga class?; Is there boxing on {day}?; At
  what hour does the swimming start?
lost property / left something = forgot something there : I left my {thing} in the changing room;
  Did anyone find my {thing}?; My {thing} is still in the gym
"""
DOMAINS = parse(TEXT, ";")
