#!/usr/bin/env python3
"""Renders conversations with transformers' own apply_chat_template into fixtures/templates.json.

Needs transformers 5.x and jinja2, no torch:
    python3 tests/unit/text/oracle/render_templates.py SHARED_DATA_FOLDER

The templates are read from SHARED_DATA_FOLDER/chat_templates, not copied; the fixture holds what went in
(conversations, tools, variables) and what came out (a text, or that the template refused).
"""

import datetime
import json
import pathlib
import sys

import jinja2
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

HERE = pathlib.Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "templates.json"
NOW = datetime.datetime(2025, 3, 9, 14, 5, 6)


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": 'Weather of a <city> & its "surroundings", in °C',
        "parameters": {
            "type": "object",
            "properties": {
                "zone": {"type": "string", "enum": ["north", "south"]},
                "city": {"type": "string", "description": "Name, e.g. Zürich"},
                "days": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                "limit": {"type": "number", "default": 1.0, "maximum": 1e20, "minimum": 1e-7},
                "exact": {"type": "boolean", "default": False, "nullable": None},
            },
            "required": ["city"],
        },
    },
}
NO_ARGUMENTS = {
    "type": "function",
    "function": {
        "name": "ping",
        "description": "",
        "parameters": {"type": "object", "properties": {}},
    },
}


def call(name, arguments, **more):
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


USER = {"role": "user", "content": "How warm is it in Zürich?"}
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        call("get_weather", {"city": "Zürich", "days": [1, 2], "limit": 2.5, "exact": True})
    ],
}
RESULT = {"role": "tool", "name": "get_weather", "content": '{"celsius": 21.5}'}

CONVERSATIONS = {
    "one_user": [USER],
    "system": [{"role": "system", "content": "  You are terse.\n"}, USER],
    "turns": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "  Hi \n"},
        {"role": "assistant", "content": " Hello!\n\n"},
        {"role": "user", "content": '你好 🌍 <|im_start|> {{ 1 }} it\'s "x" \\n'},
        {"role": "assistant", "content": "é́ – fine"},
        {"role": "user", "content": "Bye"},
    ],
    "ends_with_assistant": [USER, {"role": "assistant", "content": "Warm."}],
    "empty_content": [{"role": "system", "content": ""}, {"role": "user", "content": ""}],
    "tool_call": [USER, CALL],
    "tool_result": [USER, CALL, RESULT, {"role": "assistant", "content": "It is 21.5 °C."}],
    "tool_results_pair": [
        {"role": "system", "content": "Use tools."},
        USER,
        {
            "role": "assistant",
            "content": "Let me look.",
            "tool_calls": [
                call("ping", {}),
                call("get_weather", {"city": 'O\'Hare "x"', "zone": None}),
            ],
        },
        {"role": "tool", "content": "pong"},
        {"role": "tool", "content": "21"},
    ],
    "arguments_as_text": [
        USER,
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [call("get_weather", '{"city": "Bern"}')],
        },
        RESULT,
    ],
    "tool_content_object": [
        USER,
        CALL,
        {"role": "tool", "content": {"celsius": 21.5, "ok": True, "x": None}},
    ],
    "reasoning": [
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "4", "reasoning_content": "\nadd\n"},
        {"role": "user", "content": "3+3?"},
        {"role": "assistant", "content": "6", "thinking": "add again"},
    ],
    "think_in_content": [
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "<think>\nadd\n</think>\n\n4"},
        {"role": "user", "content": "3+3?"},
        {"role": "assistant", "content": "<think>\nagain\n</think>\n\n6"},
    ],
    "null_fields": [{"role": "user", "content": "x", "tool_calls": None, "name": None}],
    "content_parts": [
        {"role": "system", "content": [{"type": "text", "text": "Parts."}]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}],
        },
    ],
    "two_users": [USER, USER],
    "system_alone": [{"role": "system", "content": "Only this."}],
    "unknown_role": [{"role": "developer", "content": "d"}, USER],
    "no_content": [{"role": "user"}],
    "empty": [],
}

EXTRAS = {
    "none": {},
    "thinking_off": {"enable_thinking": False},
    "thinking_on": {"enable_thinking": True},
    "date": {
        "date_string": "01 Jan 2020",
        "tools_in_user_message": False,
        "preserve_thinking": True,
    },
}

TOKENS = {
    "llama3": ("<|begin_of_text|>", "<|eot_id|>"),
    "llama3_1": ("<|begin_of_text|>", "<|eot_id|>"),
    "llama3_2": ("<|begin_of_text|>", "<|eot_id|>"),
    "gemma3": ("<bos>", "<eos>"),
    "lfm2": ("<|startoftext|>", "<|im_end|>"),
    "lfm2_2_5": ("<|startoftext|>", "<|im_end|>"),
}


def tokenizer_of(name, source):
    bos, eos = TOKENS.get(name, (None, "<|im_end|>"))
    words = Tokenizer(WordLevel({"<unk>": 0}, unk_token="<unk>"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, bos_token=bos, eos_token=eos)
    tokenizer.chat_template = source
    return tokenizer


def render(tokenizer, messages, tools, prompt, extra):
    try:
        text = tokenizer.apply_chat_template(
            messages, tools=tools, add_generation_prompt=prompt, tokenize=False, **extra
        )
        return {"text": text}
    except Exception as error:  # a template may fail in any way Python code does
        # Only a template's own refusal has words that can be compared.
        own = type(error) is jinja2.exceptions.TemplateError
        return {"refused": str(error) if own else ""}


TOOL_SETS = {"none": None, "two": [WEATHER, NO_ARGUMENTS], "empty": []}
WITHOUT_TOOLS = {
    "turns",
    "ends_with_assistant",
    "reasoning",
    "think_in_content",
    "null_fields",
    "two_users",
    "empty",
}
WITH_EXTRAS = {"one_user", "turns", "tool_result", "reasoning", "think_in_content", "empty_content"}


def combinations():
    """Which conversation meets which tools and variables: all that can matter."""
    for conversation in CONVERSATIONS:
        for tools in TOOL_SETS:
            if tools == "two" and conversation in WITHOUT_TOOLS:
                continue
            for prompt in (False, True):
                yield conversation, tools, "none", prompt
        if conversation in WITH_EXTRAS:
            for extra in ("thinking_off", "thinking_on", "date"):
                tools = "none" if conversation in WITHOUT_TOOLS else "two"
                yield conversation, tools, extra, True


def cases_of(name, source):
    tokenizer = tokenizer_of(name, source)
    for conversation, tools, extra, prompt in combinations():
        result = render(
            tokenizer, CONVERSATIONS[conversation], TOOL_SETS[tools], prompt, EXTRAS[extra]
        )
        yield {
            "conversation": conversation,
            "tools": tools,
            "extra": extra,
            "prompt": prompt,
            **result,
        }


def grouped(cases):
    """Cases that give the same result stand together: the fixture stays small."""
    groups = {}
    for case in cases:
        result = {key: case.pop(key) for key in ("text", "refused") if key in case}
        groups.setdefault(json.dumps(result), []).append(
            [case["conversation"], case["tools"], case["extra"], case["prompt"]]
        )
    return [{**json.loads(result), "cases": cases} for result, cases in groups.items()]


def snippets():
    """Short templates for single features, written here."""
    results = []
    for source in (HERE / "snippets.txt").read_text(encoding="utf-8").split("\n====\n"):
        tokenizer = tokenizer_of("snippet", source)
        extra = {
            "text": "  Hello World, it's ünïcode  ",
            "number": 3,
            "ratio": 2.0,
            "flag": True,
            "nothing": None,
            "items_list": ["b", "a", None, 1, 1.5, True, "it's"],
            "map": {"z": 1, "a": {"items": [1, "x"]}},
        }
        results.append({"source": source, **render(tokenizer, [USER], None, False, extra)})
    return {"extra": extra, "results": results}


def main():
    folder = pathlib.Path(sys.argv[1]) / "chat_templates"
    chat_template_utils.datetime = FixedClock
    fixture = {
        "made_by": f"oracle/render_templates.py with transformers {transformers.__version__}",
        "now": int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "conversations": CONVERSATIONS,
        "tools": TOOL_SETS,
        "extras": EXTRAS,
        "templates": {},
        "snippets": snippets(),
    }
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        special = tokenizer_of(path.stem, source).special_tokens_map
        fixture["templates"][path.stem] = {
            "special_tokens": special,
            "results": grouped(cases_of(path.stem, source)),
        }
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(fixture, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{FIXTURE}: {FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
