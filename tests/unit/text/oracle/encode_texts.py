#!/usr/bin/env python3
"""Encodes and decodes texts with transformers' own tokenizers into fixtures/token_ids.json.

Needs transformers 5.x, no torch:
    python3 tests/unit/text/oracle/encode_texts.py SHARED_DATA_FOLDER
"""

import json
import pathlib
import shutil
import sys
import tempfile

import transformers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "token_ids.json"

TEXTS = [
    "",
    " ",
    "Hello, world!",
    "  two  spaces\n\n\nlines\t\ttabs  ",
    "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    '<|im_start|>assistant\n<think>\n\n</think>\n\n<tool_call>\n{"name": "f"}\n</tool_call><|im_end|>\n',
    "<|user|>\nHi<|end|>\n<|assistant|>\n<|endoftext|><s></s><unk>",
    "a<|im_end|>b <|im_end|> c<|im_start|",
    "e\u0301 \u00e9 \ufb01 \u2126 \u1e9b\u0323 \uac00 \u1100\u1161",
    "你好,世界 こんにちは 안녕하세요 مرحبا שלום ไทย हिन्दी",
    "🌍👩‍👩‍👧🏽 \u200b\u00a0\u3000\ufeff x\u0000y",
    "I'll he'd WE'RE don't 3.14159 1,000,000 １２３ ²³ ½",
    'def f(x):\n    return {"a": x ** 2}  # comment\r\n\r\n',
    "____---==== !!!??? ... (((a))) [b] {c} <d> https://example.org/?q=1&r=2#x",
    "\u0904\u0300\u0e33\U0001d54f\U00010348 \U0010fffd",
    "word " * 40,
]


def tokenizers(shared):
    folder = shared / "tokenizers"
    yield "qwen3", AutoTokenizer.from_pretrained(folder / "qwen3")
    yield "smollm2", PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "smollm2" / "tokenizer.json")
    )
    yield "phi3", PreTrainedTokenizerFast(tokenizer_file=str(folder / "phi3" / "tokenizer.json"))
    with tempfile.TemporaryDirectory() as gpt2:
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(folder / "gpt2" / name, gpt2)
        config = {
            "tokenizer_class": "GPT2Tokenizer",
            "eos_token": "<|endoftext|>",
            "bos_token": "<|endoftext|>",
            "unk_token": "<|endoftext|>",
        }
        (pathlib.Path(gpt2) / "tokenizer_config.json").write_text(json.dumps(config))
        yield "gpt2", AutoTokenizer.from_pretrained(gpt2)
    stories = shared / "checkpoints" / "stories260K-hf"
    yield "stories260K-hf", PreTrainedTokenizerFast(tokenizer_file=str(stories / "tokenizer.json"))


def main():
    results = {}
    for name, tokenizer in tokenizers(pathlib.Path(sys.argv[1])):
        rows = []
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False)
            rows.append(
                {
                    "ids": ids,
                    "with_special": tokenizer.encode(text, add_special_tokens=True),
                    "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False),
                    "decoded_plain": tokenizer.decode(
                        ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
                    ),
                }
            )
        results[name] = {
            "size": len(tokenizer),
            "max_id": max(tokenizer.get_vocab().values()),
            "rows": rows,
        }
    fixture = {
        "made_by": f"oracle/encode_texts.py with transformers {transformers.__version__}",
        "texts": TEXTS,
        "tokenizers": results,
    }
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(
        json.dumps(fixture, separators=(",", ":")).replace('{"ids"', '\n{"ids"') + "\n"
    )
    print(f"{FIXTURE}: {FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
