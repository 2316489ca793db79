"""Logits of every toy model for rows of unequal length with shared beginnings, and greedy text.

Writes fixtures/<name>.logits.safetensors and fixtures/<name>.generate.json.
"""
import torch

import common

NEW_TOKENS = 24


def rows_for(name, vocab):
    """Rows that part late, early, or never: a prefix of others, two equal ones, two alone."""
    random = common.generator(name + ".rows")
    long_rows = "rope3" in name  # past original_max_position_embeddings
    shared = common.random_ids(70 if long_rows else 9, vocab, random)
    tail = common.random_ids(60 if long_rows else 6, vocab, random)
    late = shared + tail[: len(tail) // 2] + common.random_ids(5, vocab, random)
    alone = common.random_ids(4, vocab, random)
    rows = [shared + tail, late, shared, alone, list(late), common.random_ids(1, vocab, random)]
    return rows[:4] if long_rows else rows


def smallest_lead(model, ids, prompt_length):
    """How far, at worst, the chosen token's logit leads: a near tie would make a poor oracle."""
    logits = common.logits_of(model, torch.tensor([ids]))[0, prompt_length - 1 : -1]
    best = logits.topk(2).values
    return (best[:, 0] - best[:, 1]).min().item()


def greedy(model, name):
    """Each prompt by itself: free running (`ids`), and up to and with an end token (`stopped`)."""
    vocab, ends = common.vocabulary(model), model.generation_config.eos_token_id
    cases = []
    for i, length in enumerate((7, 1, 13)):
        random = common.generator(name + (".prompt" if i == 0 else f".prompt{i}"))
        prompt = common.random_ids(length, vocab, random)
        runs = {}
        for key, eos in (("ids", None), ("stopped", ends)):
            model.generation_config.eos_token_id = eos
            runs[key] = model.generate(
                torch.tensor([prompt]), max_new_tokens=NEW_TOKENS, do_sample=False,
                pad_token_id=0)[0].tolist()
        lead = smallest_lead(model, runs["ids"], length)
        assert lead > 1e-3, f"{name}: prompt {i}: a near tie ({lead}) makes a poor oracle"
        cases.append({"prompt": prompt, "smallest_lead": lead,
                      **{key: ids[length:] for key, ids in runs.items()}})
    model.generation_config.eos_token_id = ends
    return {"end_tokens": ends, "max_new_tokens": NEW_TOKENS, "cases": cases}


def main():
    for name in common.model_names():
        model = common.read_model(name)
        base = name.removesuffix("_bfloat16").removesuffix("_float16").removesuffix("_sharded")
        ids = common.batch_of(rows_for(base, common.vocabulary(model)))
        logits = common.logits_of(model, ids)
        common.save_tensors(common.FIXTURES / f"{name}.logits.safetensors",
                            {"input_ids": ids, "logits": logits})
        common.save_json(common.FIXTURES / f"{name}.generate.json", greedy(model, base))
        check_transformers4_config(name, ids, logits)
        print(f"{name}: largest logit {logits.abs().max():.3f}")


def check_transformers4_config(name, ids, logits):
    """config.transformers4.json must mean the same model to transformers itself."""
    config = common.read_config(name, "config.transformers4.json")
    again = common.logits_of(common.read_model(name, config=config), ids)
    torch.testing.assert_close(again, logits, rtol=0, atol=0)


if __name__ == "__main__":
    main()
