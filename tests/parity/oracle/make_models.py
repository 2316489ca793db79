"""Writes the toy model folders, fixtures/models/<name>/, by transformers' own save_pretrained.

Weights are drawn wide (norms around 1, biases far from 0): with near-zero weights a wrong rotation,
a missing bias or a swapped norm would hide in the rounding.
"""
import json
import shutil

import torch
from transformers import AutoModelForCausalLM

import common
from older_configs import transformers4
from toy_configs import CONFIGS

# The same weights in another form: name -> (source, dtype, largest shard)
COPIES = {
    "qwen3_tied_bfloat16": ("qwen3_tied", torch.bfloat16, None),
    "llama_smol_float16": ("llama_smol", torch.float16, None),
    "gemma3_window_bfloat16": ("gemma3_window", torch.bfloat16, None),
    "lfm2_types_bfloat16": ("lfm2_types", torch.bfloat16, None),
    "qwen3_untied_sharded": ("qwen3_untied", torch.float32, "40KB"),
}


def draw_weights(model, name):
    random = common.generator(name)
    for parameter_name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=random)
        if "norm" in parameter_name:
            centre = 0 if name.startswith("gemma3") else 1  # Gemma multiplies with 1 + weight
            value = centre + 0.3 * noise
        elif parameter_name.endswith("bias"):
            value = 0.5 * noise
        elif "embed_tokens" in parameter_name or "lm_head" in parameter_name:
            value = 0.4 * noise
        else:
            value = noise * 1.2 / parameter.shape[-1] ** 0.5
        parameter.data.copy_(value)


def choose_end_tokens(model, name):
    """Two ids that greedy generation does meet, so that stopping is seen: see logits.py."""
    prompt = common.random_ids(7, common.vocabulary(model), common.generator(name + ".prompt"))
    model.generation_config.eos_token_id = None
    ids = model.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False,
                         pad_token_id=0)[0].tolist()
    first = ids[7 + 9]
    return [2, first]


def save(model, name, **options):
    folder = common.MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **options)
    config = json.loads((folder / "config.json").read_text())
    common.save_json(folder / "config.transformers4.json", transformers4(config))


def main():
    for name, config in CONFIGS.items():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
        draw_weights(model, name)
        model.generation_config.eos_token_id = choose_end_tokens(model, name)
        save(model, name)
    for name, (source, dtype, shard) in COPIES.items():
        model = common.read_model(source).to(dtype)
        save(model, name, **({"max_shard_size": shard} if shard else {}))


if __name__ == "__main__":
    main()
