"""config.json as transformers 4 wrote it, and as the models' authors publish it."""


def flat_rope(config, kind_key="rope_type"):
    """`rope_theta` and `rope_scaling` in place of `rope_parameters`."""
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    kind = rope.pop("rope_type")
    config["rope_scaling"] = None if kind == "default" else {**rope, kind_key: kind}


def llama(config):
    linear = config["rope_parameters"]["rope_type"] == "linear"
    flat_rope(config, "type" if linear else "rope_type")  # "type" was the key's first name


def gemma3_text(config):
    """One base and scaling for the global layers, a plain base for the others."""
    rope = config["rope_parameters"]
    config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
    config["rope_parameters"] = rope["full_attention"]
    flat_rope(config)
    pattern = config.pop("_sliding_window_pattern")
    regular = ["full_attention" if (i + 1) % pattern == 0 else "sliding_attention"
               for i in range(config["num_hidden_layers"])]
    if config["layer_types"] == regular:  # before there were layer_types
        config["sliding_window_pattern"] = pattern
        del config["layer_types"]


def gemma3(config):
    text = config["text_config"]
    gemma3_text(text)
    for part in (text, config["vision_config"]):
        part.pop("dtype", None)


def lfm2(config):
    flat_rope(config)
    config["block_ff_dim"] = config.pop("intermediate_size")
    config["tie_embedding"] = config.pop("tie_word_embeddings")
    if config.get("full_attn_idxs") is not None:
        del config["layer_types"]


def transformers4(config):
    """The same model, written the older way; `config` is changed and returned."""
    rewrite = {"llama": llama, "gemma3_text": gemma3_text, "gemma3": gemma3, "lfm2": lfm2}
    rewrite.get(config["model_type"], flat_rope)(config)
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.51.0"
    return config
