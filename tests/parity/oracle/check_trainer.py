"""The LoRA fixtures against transformers' own Trainer: same losses, rates, norms, adapter."""
import contextlib
import json
import tempfile

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import PrinterCallback, Trainer, TrainingArguments

import common
import lora
import training


class InOrder(Trainer):
    def _get_train_sampler(self, *_):
        return torch.utils.data.SequentialSampler(self.train_dataset)


def collate(rows):
    ids = torch.stack([row["input_ids"] for row in rows])
    return {**common.model_inputs(ids), "labels": torch.stack([row["labels"] for row in rows])}


def arguments(recipe, folder):
    return TrainingArguments(
        output_dir=folder, use_cpu=True, max_steps=training.STEPS, report_to=[], save_strategy="no",
        per_device_train_batch_size=training.ROWS, logging_steps=1, disable_tqdm=True,
        gradient_accumulation_steps=recipe["accumulation"], learning_rate=recipe["learning_rate"],
        lr_scheduler_type=training.SCHEDULERS[recipe["schedule"]],
        warmup_steps=recipe["warmup_steps"], weight_decay=recipe["weight_decay"],
        max_grad_norm=recipe["max_grad_norm"], optim="adamw_torch", remove_unused_columns=False)


def check(folder):
    wanted = json.loads((folder / "steps.json").read_text())
    recipe = wanted["recipe"]
    batches = load_file(folder / "batches.safetensors")
    rows = [{"input_ids": ids, "labels": labels} for ids, labels in
            zip(batches["input_ids"].flatten(0, 2), batches["labels"].flatten(0, 2))]
    model = PeftModel.from_pretrained(
        common.read_model(recipe["model"]), folder / "initial", is_trainable=True)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = InOrder(model=model, args=arguments(recipe, scratch), train_dataset=rows,
                          data_collator=collate)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        with contextlib.chdir(common.FIXTURES):
            model.save_pretrained(scratch)
        final = load_file(f"{scratch}/adapter_model.safetensors")
    found = [entry for entry in trainer.state.log_history if "grad_norm" in entry]
    assert len(found) == training.STEPS
    for step, (ours, theirs) in enumerate(zip(wanted["steps"], found)):
        for ours_key, theirs_key in (("loss", "loss"), ("grad_norm", "grad_norm"),
                                     ("learning_rate", "learning_rate")):
            torch.testing.assert_close(
                float(theirs[theirs_key]), ours[ours_key], rtol=1e-4, atol=1e-7,
                msg=f"{folder.name} step {step} {ours_key}: {ours[ours_key]} here, "
                    f"{theirs[theirs_key]} in the Trainer")
    for name, tensor in load_file(folder / "final/adapter_model.safetensors").items():
        torch.testing.assert_close(final[name], tensor, rtol=1e-4, atol=1e-5)
    print(f"{folder.name}: as the Trainer")


def main():
    for case in lora.CASES:
        check(common.FIXTURES / f"{case}.lora")


if __name__ == "__main__":
    main()
