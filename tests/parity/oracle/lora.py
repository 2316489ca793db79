"""Ten LoRA steps by peft from a fixed first adapter to a final one: fixtures/<case>.lora/."""
import contextlib
import json
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model

import common
import training

RECIPE = {"rank": 8, "alpha": 16, "targets": "all-linear", "learning_rate": 2e-3,
          "schedule": "linear", "warmup_steps": 2, "weight_decay": 0.0, "max_grad_norm": 1.0,
          "accumulation": 1}
# case -> (model, what differs from RECIPE)
CASES = {
    "qwen3_tied": ("qwen3_tied", {}),
    "qwen3_tied_accumulated": ("qwen3_tied", {"accumulation": 2, "schedule": "cosine", "rank": 4}),
    "qwen3_untied": ("qwen3_untied", {"rank": 4, "warmup_steps": 1}),
    "llama_smol": ("llama_smol", {"rank": 4, "weight_decay": 0.1, "max_grad_norm": 18.0}),
    "llama_bias": ("llama_bias", {"rank": 4, "targets": ["q_proj", "v_proj"], "warmup_steps": 0,
                                  "schedule": "constant"}),
    "gemma3_window": ("gemma3_window", {"rank": 4}),
    "gemma3_untied": ("gemma3_untied", {"rank": 2, "accumulation": 2, "schedule": "cosine",
                                        "max_grad_norm": 9.5, "weight_decay": 0.1}),
    "gemma3_vision": ("gemma3_vision", {"rank": 2, "targets": r".*language_model.*_proj"}),
    "lfm2_indices": ("lfm2_indices", {"rank": 4, "max_grad_norm": 25.0}),
    "lfm2_types": ("lfm2_types", {"rank": 2, "targets": ["in_proj", "out_proj", "w2"],
                                  "warmup_steps": 1}),
}


def fresh_adapter(model, case, recipe):
    """B is zero in a fresh adapter; here it is not, so that A learns from the first step."""
    model = get_peft_model(model, LoraConfig(
        r=recipe["rank"], lora_alpha=recipe["alpha"], target_modules=recipe["targets"],
        lora_dropout=0.0, bias="none", task_type="CAUSAL_LM"))
    random = common.generator(case + ".adapter")
    for name, parameter in sorted(model.named_parameters()):
        if parameter.requires_grad:
            noise = torch.randn(parameter.shape, generator=random)
            width = 0.05 if "lora_B" in name else parameter.shape[-1] ** -0.5
            parameter.data.copy_(width * noise)
    return model


def save_adapter(model, folder, model_name):
    model.peft_config["default"].base_model_name_or_path = f"models/{model_name}"
    with contextlib.chdir(common.FIXTURES):  # peft looks the base model up
        model.save_pretrained(folder)
    (folder / "README.md").unlink()  # an empty model card
    config_file = folder / "adapter_config.json"
    config = json.loads(config_file.read_text())
    if isinstance(config["target_modules"], list):  # it was a set: its order is chance
        config["target_modules"].sort()
    common.save_json(config_file, config)


def check_reads_back(folder, model_name, ids, logits):
    """The saved adapter, read again and then merged into the weights, gives the same logits."""
    again = PeftModel.from_pretrained(common.read_model(model_name), folder / "final").eval()
    torch.testing.assert_close(common.logits_of(again, ids), logits, rtol=0, atol=0)
    merged = common.logits_of(again.merge_and_unload(), ids)
    torch.testing.assert_close(merged, logits, rtol=1e-4, atol=1e-4)


def main():
    for case, (model_name, changes) in CASES.items():
        recipe = {**RECIPE, **changes}
        folder = common.FIXTURES / f"{case}.lora"
        shutil.rmtree(folder, ignore_errors=True)
        model = fresh_adapter(common.read_model(model_name), case, recipe)
        save_adapter(model, folder / "initial", model_name)
        ids, prompt_length = training.batches_for(
            case, common.vocabulary(model), recipe["accumulation"])
        records = training.train(model, ids, prompt_length, recipe)
        save_adapter(model, folder / "final", model_name)
        logits = training.save_run(folder, model, ids, prompt_length,
                                   {**recipe, "model": model_name}, records)
        check_reads_back(folder, model_name, ids[0, 0], logits)


if __name__ == "__main__":
    main()
