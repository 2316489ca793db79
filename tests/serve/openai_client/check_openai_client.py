#!/usr/bin/env python3
"""Drives `tuneval serve` with the openai package, as a program of somebody else would.

usage: check_openai_client.py TUNEVAL MODEL_FOLDER

Starts the server on a free port, asks it everything that docs/serve.md promises, stops it. Exits with 0
where all of it held; else names the first thing that did not.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys

import openai

KEY = "a-key-for-this-check"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "light",
            "description": "switch a light",
            "parameters": {
                "type": "object",
                "properties": {
                    "room": {"type": "string", "enum": ["kitchen", "office"]},
                    "state": {"type": "string", "enum": ["on", "off"]},
                },
                "required": ["room", "state"],
            },
        },
    }
]
WISH = [{"role": "user", "content": "Switch on the light in the kitchen."}]
QUESTION = [{"role": "user", "content": "Where is my parcel?"}]


def check(held, what):
    if not held:
        raise SystemExit(f"check_openai_client: {what}")


def start(program, model):
    server = subprocess.Popen(
        [program, "serve", model, "--port", "0", "--name", "mine", "--api-key-env", "CHECK_KEY"],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ, CHECK_KEY=KEY),
    )
    line = server.stdout.readline().strip()
    check(line.startswith("listening on "), f"no server: {line!r}")
    return server, line.removeprefix("listening on ")


def refusal(kind, ask):
    """The error of that kind which asking raises."""
    try:
        ask()
    except kind as error:
        return error
    raise SystemExit(f"check_openai_client: expected {kind.__name__}")


def check_models(client):
    check([model.id for model in client.models.list()] == ["mine"], "the list of models")
    check(client.models.retrieve("mine").owned_by == "tuneval", "one model")
    refusal(openai.NotFoundError, lambda: client.models.retrieve("other"))


def check_text(client):
    ask = dict(model="mine", messages=QUESTION, max_tokens=24)
    answer = client.chat.completions.create(**ask)
    text = answer.choices[0].message.content
    check(isinstance(text, str), "an answer is text")
    check(answer.choices[0].finish_reason in ("stop", "length"), "why it ended")
    usage = answer.usage
    check(usage.total_tokens == usage.prompt_tokens + usage.completion_tokens, "usage adds up")
    again = client.chat.completions.create(**ask)
    check(again.choices[0].message.content == text, "the same again")
    check(again.usage.prompt_tokens_details.cached_tokens == usage.prompt_tokens - 1, "cached tokens")
    drawn = [
        client.chat.completions.create(**ask, temperature=1.2, top_p=0.9, seed=5) for _ in range(2)
    ]
    check(drawn[0].choices[0].message.content == drawn[1].choices[0].message.content, "a seed")

    pieces, finish, counted = [], None, None
    for chunk in client.chat.completions.create(
        **ask, stream=True, stream_options={"include_usage": True}
    ):
        counted = chunk.usage or counted
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            finish = choice.finish_reason or finish
    check("".join(pieces) == text, "a stream says the same")
    check(finish == answer.choices[0].finish_reason, "why the stream ended")
    check(counted.completion_tokens == usage.completion_tokens, "usage of a stream")


def check_tools(client):
    ask = dict(model="mine", messages=WISH, tools=TOOLS, tool_choice="required", max_tokens=120)
    choice = client.chat.completions.create(**ask).choices[0]
    check(choice.finish_reason == "tool_calls", "required tools are called")
    call = choice.message.tool_calls[0]
    check(call.function.name == "light", "the tool's name")
    check(set(json.loads(call.function.arguments)) == {"room", "state"}, "its arguments")
    streamed = [
        delta
        for chunk in client.chat.completions.create(**ask, stream=True)
        for delta in chunk.choices[0].delta.tool_calls or []
    ]
    check(streamed[0].function.arguments == call.function.arguments, "calls of a stream")
    result = {"role": "tool", "tool_call_id": call.id, "content": "done"}
    named = {"type": "function", "function": {"name": "light"}}
    behind = client.chat.completions.create(
        model="mine",
        messages=[*WISH, choice.message, result, {"role": "user", "content": "And in the office."}],
        tools=TOOLS,
        tool_choice=named,
        max_tokens=120,
    )
    check(behind.choices[0].message.tool_calls, "calls behind a result")


def check_forms(client):
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["bill", "parcel"]}},
        "required": ["kind"],
        "additionalProperties": False,
    }
    answer = client.chat.completions.create(
        model="mine",
        messages=QUESTION,
        max_tokens=64,
        response_format={"type": "json_schema", "json_schema": {"name": "kind", "schema": schema}},
    )
    check(json.loads(answer.choices[0].message.content)["kind"] in ("bill", "parcel"), "a schema")


def check_refusals(client, url):
    def ask(**more):
        return client.chat.completions.create(**{"model": "mine", "messages": QUESTION, **more})

    check(refusal(openai.BadRequestError, lambda: ask(n=2)).param == "n", "the field at fault")
    check(refusal(openai.BadRequestError, lambda: ask(logprobs=True)).param == "logprobs", "logprobs")
    check(refusal(openai.NotFoundError, lambda: ask(model="x")).code == "model_not_found", "its code")
    long = [{"role": "user", "content": "parcel " * 3000}]
    error = refusal(openai.BadRequestError, lambda: ask(messages=long))
    check(error.code == "context_length_exceeded", "a prompt that is too long")
    stranger = openai.OpenAI(base_url=url, api_key="wrong", max_retries=0)
    refusal(openai.AuthenticationError, lambda: stranger.models.list())


async def check_many(url):
    async with openai.AsyncOpenAI(base_url=url, api_key=KEY, timeout=240) as client:

        async def ask(i):
            answer = await client.chat.completions.create(
                model="mine",
                messages=[{"role": "user", "content": f"Question {i % 20}: where is it?"}],
                max_tokens=16,
                temperature=1.0,
                seed=i % 20,
            )
            return answer.choices[0].message.content

        answers = await asyncio.gather(*(ask(i) for i in range(64)))
        check(all(answers[i] == answers[i % 20] for i in range(64)), "64 clients at once")
        # One that leaves in the middle of its stream.
        stream = await client.chat.completions.create(
            model="mine", messages=QUESTION, max_tokens=1500, temperature=1.5, stream=True
        )
        async for _ in stream:
            break
        await stream.close()
        check(isinstance(await ask(0), str), "a client that left")


def main():
    server, url = start(sys.argv[1], sys.argv[2])
    try:
        client = openai.OpenAI(base_url=url, api_key=KEY, timeout=240, max_retries=0)
        check_models(client)
        check_text(client)
        check_tools(client)
        check_forms(client)
        check_refusals(client, url)
        asyncio.run(check_many(url))
        server.send_signal(signal.SIGTERM)
        check(server.wait(timeout=60) == 0, "a stopped server's exit code")
    finally:
        server.kill()
    print(f"check_openai_client: openai {openai.__version__}: all good")


if __name__ == "__main__":
    main()
