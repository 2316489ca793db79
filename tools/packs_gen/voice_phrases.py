# SPDX-License-Identifier: Apache-2.0
"""The phrases of voice_banking: wishes, what follows on them, corrections, and what is misheard."""

REQUESTS = {
    "balance": {
        (): ["what is my balance", "how much money do I have", "tell me my balance",
             "I want to hear my balance", "how much is left"],
        ("account",): ["what is in my {account} account", "balance of my {account} account",
                       "how much is in the {account} account",
                       "tell me the balance of the {account} account",
                       "how much is left in my {account} account"],
    },
    "payments": {
        (): ["read me the last payments", "what did I pay", "list my payments", "what went out",
             "which payments were there"],
        ("account",): ["payments on my {account} account",
                       "what did I pay from the {account} account",
                       "list the payments of the {account} account",
                       "read me the payments of my {account} account",
                       "what went out of the {account} account"],
    },
    "transfer": {
        ("amount",): ["I want to send {amount} pounds", "transfer {amount} pounds please",
                      "send {amount} pounds", "I need to transfer {amount} pounds",
                      "can you send {amount} pounds"],
        ("to",): ["I want to send money to {to}", "transfer some money to {to}",
                  "send money to {to}", "I have to send {to} some money", "money for {to} please"],
        ("to", "amount"): ["send {amount} pounds to {to}", "transfer {amount} pounds to {to}",
                           "I want to send {to} {amount} pounds", "{amount} pounds to {to} please",
                           "can you send {amount} pounds to {to}"],
    },
    "pay_bill": {
        ("bill",): ["I want to pay the {bill} bill", "pay my {bill} bill", "pay the {bill} please",
                    "I have a {bill} bill to pay", "the {bill} bill please"],
        ("bill", "amount"): ["pay {amount} pounds for the {bill}",
                             "my {bill} bill is {amount} pounds please pay it",
                             "pay the {bill} bill it is {amount} pounds",
                             "{amount} pounds for the {bill} bill",
                             "I have to pay {amount} pounds for {bill}"],
    },
    "block_card": {
        (): ["block my card", "please block the card", "I want to block a card",
             "stop my card please", "my card must be blocked"],
        ("card",): ["block my {card} card", "please stop the {card} card",
                    "I want to block the {card} card", "stop my {card} card",
                    "my {card} card must be blocked"],
    },
    "new_pin": {
        (): ["I want a new pin", "change my pin", "I need another pin", "can I have a new pin",
             "my pin must be changed"],
        ("card",): ["a new pin for my {card} card", "change the pin of my {card} card",
                    "I need another pin for the {card} card",
                    "I do not know the pin of my {card} card",
                    "new pin for the {card} card please"],
    },
    "call_agent": {
        (): ["I want to speak to a person", "give me a person", "can I talk to somebody",
             "no more machines please", "is there a man or a woman I can speak to"],
    },
}
FOLLOW = {
    "account": ["the {account} account", "from my {account} account",
                "I mean the {account} account", "it is the {account} one",
                "on the {account} account please"],
    "to": ["to {to}", "it goes to {to}", "send it to {to}", "the money is for {to}",
           "{to} gets it"],
    "amount": ["{amount} pounds", "it is {amount} pounds", "make it {amount} pounds",
               "{amount} pounds please", "the sum is {amount} pounds"],
    "card": ["the {card} card", "my {card} card", "I mean the {card} card", "it is the {card} one",
             "for the {card} card"],
}
CHANGE = {
    "account": ["no the {account} account", "sorry I meant the {account} account",
                "and on the {account} account", "the same for the {account} account",
                "rather the {account} account"],
    "to": ["no to {to}", "sorry I meant {to}", "and the same to {to}", "also to {to}",
           "rather to {to}"],
    "amount": ["no {amount} pounds", "sorry I meant {amount} pounds", "make that {amount} pounds",
               "better {amount} pounds", "rather {amount} pounds"],
    "bill": ["no the {bill} bill", "sorry I meant the {bill}", "and the {bill} bill too",
             "the same for the {bill} bill", "rather the {bill} bill"],
    "card": ["no the {card} card", "sorry I meant the {card} card", "and the {card} card too",
             "the same for the {card} card", "rather the {card} card"],
}
# A new wish that takes a value from the call before.
SAME = {
    "account": ["and for the same account {0}", "same account {0}", "{0} that account again",
                "{0} the same account", "also there {0}"],
    "card": ["and for the same card {0}", "same card {0}", "{0} that card again",
             "{0} the same card", "also for it {0}"],
    "amount": ["and for the same sum {0}", "same sum {0}", "{0} that sum again", "{0} the same sum",
               "also so much {0}"],
}
UNCLEAR = {
    "not_banking": ["is it (warm|cold) in {town}", "who wrote {song}",
                    "I want a {dish} with cheese", "play me {song}", "the train to {town}"],
    "no_wish": ["good morning to you", "thank you (bye|very much)", "(hello|hi) are you there",
                "that is all thank you", "you are very kind"],
    "cut_off": ["I want to", "could you", "and then the", "can you please", "I need"],
}
LEXICON = {"town": ["Paris", "London", "Rome", "Dublin"],
           "song": ["the new album", "a waltz", "an old song"], "dish": ["pie", "salad", "soup"]}

FILLERS = ["um", "uh", "er", "well", "you know", "like", "so", "I mean"]
# What sounds like the word, or nearly so. No value of an argument becomes another value.
HEARD_AS = {
    "to": ["two", "too"], "for": ["four", "fore"],
    "ten": ["tan"], "fifty": ["fifth tea"], "eighty": ["ate tea"],
    "twenty": ["plenty"], "pounds": ["bounds", "pound"], "pay": ["pale"],
    "bill": ["build", "ill"], "block": ["black", "clock"], "card": ["cart", "guard"],
    "account": ["a count"], "savings": ["saving", "shavings"], "current": ["currant"],
    "balance": ["balanced"], "pin": ["pen", "bin"], "send": ["sent", "sand"],
    "debit": ["debt it"], "credit": ["read it"], "rent": ["went"], "water": ["what a"],
    "phone": ["foam"], "new": ["knew"], "person": ["parson"], "speak": ["peak"],
    "my": ["mine"], "please": ["peas"], "know": ["no"], "paid": ["played"], "want": ["one"],
    "i": ["eye"], "need": ["knead"], "sum": ["some"],
}
