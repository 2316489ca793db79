"""Writes the toy model folders, fixtures/models/<name>/, by transformers' own save_pretrained.

Weights are drawn wide (norms around 1, biases far from 0): with near-zero weights a wrong rotation,
a missing bias or a swapped norm would hide in the rounding.
"""
import json
import shutil

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen3Config

import common

SMALL = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
             bos_token_id=1, eos_token_id=2, pad_token_id=0)
DEFAULT_ROPE = {"rope_type": "default"}


def qwen3(theta=1e6, **changes):
    return Qwen3Config(**{**SMALL, "head_dim": 16, "use_sliding_window": False,
                          "rope_parameters": {**DEFAULT_ROPE, "rope_theta": theta}, **changes})


def llama(theta=1e5, rope=DEFAULT_ROPE, **changes):
    return LlamaConfig(**{**SMALL, "rope_parameters": {**rope, "rope_theta": theta},
                          "rms_norm_eps": 1e-5, **changes})


LLAMA3_ROPE = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
               "high_freq_factor": 4.0, "original_max_position_embeddings": 64}

CONFIGS = {
    # head_dim is not hidden_size / heads
    "qwen3_tied": qwen3(tie_word_embeddings=True),
    # one key-value head, sizes without a power of two
    "qwen3_untied": qwen3(theta=1e4, vocab_size=101, hidden_size=40, intermediate_size=52,
                          head_dim=6, num_key_value_heads=1, tie_word_embeddings=False),
    "qwen3_bias": qwen3(attention_bias=True, num_key_value_heads=4, head_dim=8,
                        tie_word_embeddings=False),
    # as SmolLM2: three query heads on one key-value head
    "llama_smol": llama(hidden_size=36, intermediate_size=56, num_attention_heads=3,
                        num_key_value_heads=1, tie_word_embeddings=True),
    # at head_dim 16 the wavelengths 6, 32 and 167 tokens fall in the three parts of the scaling
    "llama_rope3": llama(theta=5e5, rope=LLAMA3_ROPE, head_dim=16, tie_word_embeddings=True),
    "llama_bias": llama(theta=1e4, attention_bias=True, mlp_bias=True, tie_word_embeddings=False),
    "llama_linear": llama(theta=1e4, rope={"rope_type": "linear", "factor": 4.0}, head_dim=12,
                          tie_word_embeddings=False),
}
# The same weights in another form: name -> (source, dtype, largest shard)
COPIES = {
    "qwen3_tied_bfloat16": ("qwen3_tied", torch.bfloat16, None),
    "llama_smol_float16": ("llama_smol", torch.float16, None),
    "qwen3_untied_sharded": ("qwen3_untied", torch.float32, "40KB"),
}


def draw_weights(model, name):
    random = common.generator(name)
    for parameter_name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=random)
        if "norm" in parameter_name:
            value = 1 + 0.3 * noise
        elif parameter_name.endswith("bias"):
            value = 0.5 * noise
        elif "embed_tokens" in parameter_name or "lm_head" in parameter_name:
            value = 0.4 * noise
        else:
            value = noise * 1.2 / parameter.shape[-1] ** 0.5
        parameter.data.copy_(value)


def transformers4_config(config):
    """The same config.json as transformers 4 wrote it."""
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    kind = rope.pop("rope_type")
    scaling = {"default": None, "llama3": {**rope, "rope_type": kind},
               "linear": {**rope, "type": kind}}  # "type" was the key's first name
    config["rope_scaling"] = scaling[kind]
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.51.0"
    return config


def choose_end_tokens(model, name):
    """Two ids that greedy generation does meet, so that stopping is seen: see logits.py."""
    prompt = common.random_ids(7, model.config.vocab_size, common.generator(name + ".prompt"))
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
    common.save_json(folder / "config.transformers4.json", transformers4_config(config))


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
