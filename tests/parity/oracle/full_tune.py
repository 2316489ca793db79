"""Ten steps with all weights trained (adapter = "none"): fixtures/<model>.full/."""
import common
import training

RECIPE = {"adapter": "none", "learning_rate": 1e-3, "schedule": "linear", "warmup_steps": 1,
          "weight_decay": 0.0, "max_grad_norm": 1.0, "accumulation": 1}
KEPT = {
    "llama_smol": ["model.embed_tokens.weight", "model.norm.weight",
                   "model.layers.1.self_attn.q_proj.weight"],
    "qwen3_bias": ["lm_head.weight", "model.layers.0.self_attn.k_proj.bias",
                   "model.layers.1.self_attn.q_norm.weight"],
    "gemma3_pattern": ["model.embed_tokens.weight",
                       "model.layers.1.post_feedforward_layernorm.weight",
                       "model.layers.2.mlp.gate_proj.weight"],
    "lfm2_types": ["model.embedding_norm.weight", "model.layers.0.conv.conv.weight",
                   "model.layers.1.conv.conv.bias"],
}


def main():
    for name, kept in KEPT.items():
        model = common.read_model(name)
        ids, prompt_length = training.batches_for(name + ".full", common.vocabulary(model), 1)
        records = training.train(model, ids, prompt_length, RECIPE)
        folder = common.FIXTURES / f"{name}.full"
        training.save_run(folder, model, ids, prompt_length, {**RECIPE, "model": name}, records)
        parameters = dict(model.named_parameters())
        common.save_tensors(folder / "final.safetensors", {key: parameters[key] for key in kept})


if __name__ == "__main__":
    main()
