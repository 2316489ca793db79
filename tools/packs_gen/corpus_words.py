# SPDX-License-Identifier: Apache-2.0
"""Word domains of the corpus, one line a class: `name / other name = description : items`.

A `#` line opens a domain: `# what is sorted | frames in which an item stands as {x}`.
A line that starts with two blanks goes on with the line before.
"""

TEXT = """
# animal | I saw a {x} today; There was a {x} in the story; Look, a {x}; She drew a {x}
mammal / furry animal = has fur, gives milk : dog, cat, horse, cow, fox, wolf, bear, mouse,
  rabbit, goat
bird / winged animal = has feathers and a beak : robin, crow, duck, eagle, parrot, swan, gull,
  sparrow
fish / swimmer = lives in water, has fins : trout, salmon, shark, carp, herring, cod, eel, tuna
insect / bug = six legs, small : ant, bee, fly, beetle, wasp, moth, butterfly, cricket
reptile / scaly animal = cold blood and scales : snake, lizard, turtle, crocodile, gecko, tortoise
# food | I ate {x} for lunch; We bought {x}; She likes {x}; There is {x} on the table
fruit / sweet fruit = grows on trees, sweet : apple, pear, plum, grapes, cherries, melon, peach,
  mango
vegetable / greens = from the field, not sweet : carrot, onion, cabbage, spinach, leek, beans,
  peas
meat / from animals = comes from animals : ham, steak, bacon, lamb, sausage, roast chicken
drink / something to drink = fills a glass or cup : tea, milk, juice, water, lemonade, cocoa,
  cider
dessert / sweet dish = sweet, after the meal : cake, pudding, ice cream, pie, trifle, custard
grain / bread and grain = made of grain : bread, rice, oats, pasta, barley, toast, porridge
# weather | It was {x} all day; They expect {x} tonight; We had {x} in May
wet / rainy = water from above : rain, drizzle, showers, a downpour, a thunderstorm
cold / wintry = freezing : snow, frost, ice, hail, sleet, a blizzard
hot / warm = high temperature : heat, a heat wave, burning sun, sunshine, a warm spell
windy / stormy = moving air : a gale, a storm, a breeze, gusts, a hurricane
dim / cloudy = hard to see far : fog, mist, clouds, haze, a grey sky
# sport | He plays {x} on Sunday; We watched {x}; She is good at {x}; They teach {x} here
ball game / ball sport = played with a ball : football, tennis, cricket, basketball, golf, rugby,
  volleyball
water sport / in the water = done in or on water : swimming, rowing, sailing, surfing, diving,
  water polo
winter sport / on snow or ice = needs snow or ice : skiing, skating, curling, sledding, ice hockey
fighting / combat sport = two people fight : boxing, judo, karate, wrestling, fencing
running and jumping / athletics = run, jump or throw : sprinting, high jump, a marathon, hurdles
# colour | The door is {x}; She wore a {x} hat; He painted it {x}; I like {x} best
reddish / like fire = close to red : red, crimson, pink, scarlet, ruby, maroon
bluish / like the sea = close to blue : blue, navy, azure, sky blue, indigo
greenish / like grass = close to green : green, olive, lime, emerald, mint
yellowish / like the sun = close to yellow : yellow, gold, amber, lemon, straw
without colour / plain shade = black, white, between : black, white, grey, silver, charcoal
# tool | Pass me the {x}; I need a {x}; He used a {x}; The {x} is in the shed
cutting / to cut = makes one into two : saw, knife, axe, scissors, chisel, shears
hitting / to hit = strikes things : hammer, mallet, club, sledge
measuring / to measure = tells size or weight : ruler, scale, tape, thermometer, clock
digging / for the earth = moves earth : spade, shovel, hoe, rake, pickaxe
joining / to fasten = holds things together : screw, nail, glue, rope, bolt, clamp
# vehicle | They came by {x}; The {x} was late; She took the {x}; A {x} went past
road / on the road = drives on streets : car, bus, lorry, taxi, bicycle, motorbike, van
rail / on rails = runs on rails : train, tram, underground, steam engine
water / on water = floats : ship, boat, ferry, canoe, raft, yacht
air / in the air = flies : plane, helicopter, balloon, glider, airship
# job | My uncle is a {x}; The {x} came in; She works as a {x}; Ask the {x}
health / heals people = cares for the sick : doctor, nurse, dentist, vet, surgeon, chemist
building / builds things = makes houses : carpenter, mason, plumber, roofer, painter, welder
teaching / teaches = helps others learn : teacher, tutor, professor, coach, trainer
food / works with food = makes food : cook, baker, butcher, brewer, waiter
law / works with the law = keeps the law : judge, lawyer, policeman, detective, sheriff
art / makes art = music, pictures, words : singer, actor, poet, sculptor, dancer, drummer
# instrument | He plays the {x}; I heard a {x}; The {x} was loud
strings / has strings = sound from strings : violin, guitar, harp, cello, banjo, lute
wind / is blown = sound from breath : flute, trumpet, oboe, horn, clarinet, bagpipe
drum / is struck = sound by hitting : drum, cymbal, gong, bell, triangle, timpani
keys / has keys = played with keys : piano, organ, accordion, harpsichord
# country | We flew to {x}; She is from {x}; The train goes through {x}; He wrote about {x}
Europe / European = north of the Mediterranean : France, Poland, Italy, Sweden, Greece, Ireland,
  Austria
Asia / Asian = east of Europe : China, India, Vietnam, Nepal, Korea, Thailand, Mongolia
Africa / African = south of the Mediterranean : Egypt, Ghana, Mali, Uganda, Angola, Morocco
America / American = between two oceans : Brazil, Mexico, Cuba, Argentina, Panama, Ecuador
# feeling | I feel {x}; He was {x}; She looked {x} when I came; They are {x}
joy / good mood = feels good : happy, glad, cheerful, merry, delighted, pleased, content
sadness / low mood = feels down : sad, unhappy, gloomy, heartbroken, tearful, miserable
anger / bad temper = wants to shout : angry, furious, mad, annoyed, cross, enraged
fear / being afraid = sees danger : afraid, scared, frightened, nervous, worried, terrified
surprise / not expected = did not expect it : surprised, amazed, astonished, stunned
# shelf | We sell a {x}; I bought a {x}; The {x} is new; Where is the {x}?
wear / clothes = to put on : jacket, hat, scarf, shirt, coat, dress, sock, glove, boot
read / reading = has pages : book, novel, magazine, newspaper, atlas, diary, comic
kitchen / cooking = to cook and eat with : pan, pot, spoon, plate, cup, bowl, kettle, fork
device / gadgets = runs on power : phone, computer, camera, radio, screen, speaker, charger
play / toys = for children : doll, ball, puzzle, kite, teddy bear, toy car, yo-yo
furniture / sit and store = stands in a room : chair, sofa, table, bed, cupboard, bench, shelf
garden / outdoors = for plants and lawn : seed, flower pot, hedge trimmer, lawn mower, watering
  can
# time | It happened in {x}; They met in {x}; She was born in {x}
spring / spring months = flowers open : March, April, May
summer / summer months = warm and long days : June, July, August
autumn / autumn months = leaves fall : September, October, November
winter / winter months = cold and short days : December, January, February
# material | The box is made of {x}; I need some {x}; They sell {x}
metal / metals = hard and shiny : iron, copper, tin, steel, brass, gold
cloth / fabrics = soft, for clothes : wool, cotton, silk, linen, velvet, felt
wood / timber = from trees : oak, pine, birch, maple, ash, cedar
stone / rock = from the ground : marble, granite, slate, chalk, flint
# place | We met at the {x}; I went to the {x}; She waits at the {x}; Is the {x} open?
learning / for learning = to study : school, library, university, classroom
money / for money = to pay and save : bank, post bank, cash machine, exchange office
travel / for trips = to get on board : airport, station, harbour, bus stop
care / for the sick = to get well : hospital, clinic, surgery, nursing home
buying / shops = to buy : market, bakery, supermarket, shop, mall, kiosk
fun / for fun = to enjoy oneself : cinema, theatre, circus, zoo, park, museum
# body part | My {x} hurts; He broke his {x}; She washed her {x}
head / of the head = above the neck : nose, ear, eye, mouth, chin, cheek
arm / of the arm = from shoulder to fingers : hand, elbow, thumb, wrist, finger
leg / of the leg = below the hip : knee, foot, ankle, toe, heel, shin
# school subject | Today we did {x}; He failed in {x}; Her best subject is {x}
science / natural science = about nature : physics, chemistry, biology, geology, astronomy
numbers / mathematics = about numbers : algebra, geometry, arithmetic, statistics
arts / the arts = about beauty : painting, music, drama, dance, drawing
tongues / languages = about speech : Latin, French, German, Spanish, Greek, Danish
# plant | There is a {x} by the wall; I planted a {x}; The {x} grows well
tree / trees = tall, with a trunk : elm, beech, willow, poplar, chestnut, spruce
flower / flowers = has bright petals : rose, tulip, daisy, lily, violet, poppy
herb / herbs = leaves for cooking : basil, thyme, sage, parsley, dill
# action | He likes to {x}; They {x} every day; Please do not {x} here
move / movement = changes the place : walk, run, jump, crawl, swim, climb, march
speak / speech = uses the voice : talk, whisper, shout, sing, argue, call
make / work = brings forth something : build, cook, sew, paint, write, bake
rest / repose = does nothing : sleep, doze, nap, relax, lie down
# size | It was a {x} house; He has a {x} dog; We saw a {x} stone
big / large = of great size : huge, giant, enormous, vast, great, massive
small / little = of low size : tiny, wee, mini, minute, short, slight
fast / quick = moves with speed : rapid, swift, speedy, hasty, brisk
slow / without speed = takes its time : lazy, sluggish, crawling, unhurried
# number word | There were {x} of them; He counted {x}; I need {x}
few / below ten = less than ten : two, three, four, five, six, seven, eight
tens / ten to ninety-nine = two digits : eleven, twelve, twenty, thirty, fifty, ninety
many / a hundred and up = three digits or more : a hundred, a thousand, a million, five hundred
# family member | My {x} called; I live with my {x}; Her {x} is kind
woman / female = a she : mother, sister, aunt, daughter, grandmother, niece
man / male = a he : father, brother, uncle, son, grandfather, nephew
# word | The first word is {x}; He wrote {x}; They said {x}
greeting / hello words = said on meeting : hello, good morning, good evening, hi, welcome
parting / goodbye words = said on leaving : goodbye, farewell, see you, so long, bye
thanks / polite words = said for a favour : thank you, thanks, many thanks, much obliged
sorry / regret = said after a mistake : sorry, excuse me, pardon, my fault
"""


def parse(text, separator):
    """[(topic, frames, {class names: (description, items)})], names being (name, other name)."""
    domains = []
    for line in text.strip().replace("\n  ", " ").splitlines():
        if line.startswith("#"):
            topic, _, frames = line[1:].partition("|" if separator == "," else "||")
            domains.append((topic.strip(), [f.strip() for f in frames.split(";") if f.strip()], {}))
            continue
        head, _, items = line.partition(" : ")
        names, _, description = head.partition(" = ")
        key = tuple(name.strip() for name in names.split("/"))
        domains[-1][2][key] = (description.strip(), [i.strip() for i in items.split(separator)])
    return domains


DOMAINS = parse(TEXT, ",")
