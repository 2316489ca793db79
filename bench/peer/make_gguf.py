"""Writes a model folder's weights as a GGUF file for llama.cpp.

    make_gguf.py MODEL OUT --dtype bfloat16

Families llama and qwen3, one safetensors file. There is no tokenizer in it: the benchmark hands
token ids over. Needs numpy and gguf alone.
"""
import argparse
import json
import struct
from pathlib import Path

import gguf
import numpy as np

ARCHITECTURES = {"llama": gguf.MODEL_ARCH.LLAMA, "qwen3": gguf.MODEL_ARCH.QWEN3}
LAYER_NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down"}
OTHER_NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], required=True)
    return parser.parse_args()


def read_tensors(path):
    """(name, bfloat16 bits as uint16, or float32) of a safetensors file."""
    data = np.memmap(path, np.uint8, "r")
    length = struct.unpack("<Q", data[:8].tobytes())[0]
    header = json.loads(data[8 : 8 + length].tobytes())
    header.pop("__metadata__", None)
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = {"BF16": np.uint16, "F32": np.float32}[entry["dtype"]]
        yield name, data[8 + length + begin : 8 + length + end].view(kind).reshape(entry["shape"])


def gguf_name(name):
    module, _, kind = name.rpartition(".")
    if module.startswith("model.layers."):
        number, rest = module.removeprefix("model.layers.").split(".", 1)
        return f"blk.{number}.{LAYER_NAMES[rest]}.{kind}"
    return f"{OTHER_NAMES[module]}.{kind}"


def in_pairs(tensor, heads):
    """Rows of q and k as llama.cpp's llama turns them: pairs (2i, 2i+1), not (i, i + half)."""
    rows, width = tensor.shape
    return tensor.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)


def widen(tensor):
    if tensor.dtype == np.float32:
        return np.ascontiguousarray(tensor)
    return (tensor.astype(np.uint32) << 16).view(np.float32)


def add_tensor(writer, name, tensor, dtype):
    if tensor.ndim == 1 or dtype == "float32":  # llama.cpp wants norms in float32
        writer.add_tensor(name, widen(tensor))
    elif tensor.dtype != np.uint16:
        raise SystemExit(f"{name}: is float32: a bfloat16 file is made of bfloat16 weights alone")
    else:
        writer.add_tensor(name, np.ascontiguousarray(tensor).view(np.uint8),
                          raw_dtype=gguf.GGMLQuantizationType.BF16)


def rope_theta(config):
    parameters = config.get("rope_parameters") or {}
    if parameters.get("rope_type", "default") != "default" or config.get("rope_scaling"):
        raise SystemExit("a scaled rope: expected the plain one")
    return config.get("rope_theta", parameters.get("rope_theta"))


def add_config(writer, config):
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    writer.add_rope_freq_base(rope_theta(config))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("none")


def main():
    options = parse()
    config = json.loads((options.model / "config.json").read_text())
    family = config["model_type"]
    if family not in ARCHITECTURES:
        raise SystemExit(f"{options.model}: model_type is {family}: expected llama or qwen3")
    writer = gguf.GGUFWriter(options.output, gguf.MODEL_ARCH_NAMES[ARCHITECTURES[family]])
    add_config(writer, config)
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    for name, tensor in read_tensors(options.model / "model.safetensors"):
        projection = name.split(".")[-2]
        if family == "llama" and projection in heads:
            tensor = in_pairs(tensor, heads[projection])
        add_tensor(writer, gguf_name(name), tensor, options.dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{options.output}: {options.output.stat().st_size / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
