"""Writes oracle/: two toy models by transformers' own save_pretrained, and their logits.

    python make_oracle.py    # transformers, torch, safetensors; seconds, float32, one CPU thread
"""
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Qwen2Config, Qwen2ForCausalLM

HERE = Path(__file__).resolve().parent
SMALL = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=3,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
             bos_token_id=1, eos_token_id=2, pad_token_id=0)
MODELS = {
    # the window is shorter than most rows, and on the last two layers alone
    "window": dict(use_sliding_window=True, sliding_window=6, max_window_layers=1,
                   tie_word_embeddings=False),
    # as the small checkpoints: no window, one matrix for both ends
    "tied": dict(use_sliding_window=False, tie_word_embeddings=True, num_key_value_heads=1,
                 rope_parameters={"rope_type": "default", "rope_theta": 1e6}),
}


def draw_weights(model):
    """Wide ones: with weights near zero a missing bias would hide in the rounding."""
    random = torch.Generator().manual_seed(20240229)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=random)
        if "norm" in name:
            noise = 1 + 0.3 * noise
        elif name.endswith("bias"):
            noise = 0.5 * noise
        elif "embed" in name or "lm_head" in name:
            noise = 0.4 * noise
        else:
            noise = noise * 1.2 / parameter.shape[-1] ** 0.5
        parameter.data.copy_(noise)


def rows():
    """Of unequal length; they share beginnings, part late, early and never."""
    random = torch.Generator().manual_seed(7)
    ids = torch.randint(8, 96, (40,), generator=random).tolist()
    return [ids[:24], ids[:19] + ids[30:36], ids[:9], ids[30:], ids[5:6]]


@torch.no_grad()
def save_logits(model, path):
    """input_ids int64 [rows, time], -1 behind a row's end; logits float32 [rows, time, vocabulary]."""
    ids = torch.full((len(rows()), max(map(len, rows()))), -1)
    logits = torch.zeros(*ids.shape, model.config.vocab_size)
    for i, row in enumerate(rows()):
        ids[i, : len(row)] = torch.tensor(row)
        logits[i, : len(row)] = model(torch.tensor([row]), use_cache=False).logits[0]
    save_file({"input_ids": ids, "logits": logits}, path)


def main():
    torch.set_num_threads(1)
    for name, changes in MODELS.items():
        config = Qwen2Config(**{**SMALL, **changes}, attn_implementation="eager")
        model = Qwen2ForCausalLM(config).float().eval()
        draw_weights(model)
        model.save_pretrained(HERE / "oracle" / name)
        save_logits(model, HERE / "oracle" / f"{name}.logits.safetensors")


if __name__ == "__main__":
    main()
