"""A short training run as transformers' Trainer makes it, spelled out: batches, steps, records."""
import torch
from transformers import get_scheduler

import common

STEPS, ROWS = 10, 4
# transformers' names of the schedules
SCHEDULERS = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}


def batches_for(name, vocab, accumulation):
    """input_ids [steps, accumulation, rows, time], prompt_length [steps, accumulation, rows].

    All prompts share a beginning; the completion is one of four labels, chosen by the prompt's last
    id, and of unequal length, so that micro-batches hold unequal numbers of targets.
    """
    random = common.generator(name + ".training")
    system = common.random_ids(6, vocab, random)
    labels = [common.random_ids(count, vocab, random) for count in (1, 2, 3, 5)]
    rows, prompt_length = [], []
    for _ in range(STEPS * accumulation * ROWS):
        length = 1 + int(torch.randint(6, (), generator=random))
        prompt = system + common.random_ids(length, vocab, random)
        rows.append(prompt + labels[prompt[-1] % 4] + [2])
        prompt_length.append(len(prompt))
    shape = (STEPS, accumulation, ROWS)
    return common.batch_of(rows).view(*shape, -1), torch.tensor(prompt_length).view(shape)


def optimizer_for(parameters, recipe):
    return torch.optim.AdamW(parameters, lr=recipe["learning_rate"], betas=(0.9, 0.999), eps=1e-8,
                             weight_decay=recipe["weight_decay"])


def scheduler_for(optimizer, recipe):
    return get_scheduler(SCHEDULERS[recipe["schedule"]], optimizer,
                         num_warmup_steps=recipe["warmup_steps"], num_training_steps=STEPS)


def train(model, ids, prompt_length, recipe):
    """One record a step. The loss of a step is a mean over the targets of all its micro-batches."""
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = optimizer_for(parameters, recipe)
    scheduler = scheduler_for(optimizer, recipe)
    records = []
    for step_ids, step_prompt in zip(ids, prompt_length):
        labels = [common.labels_of(*micro) for micro in zip(step_ids, step_prompt)]
        target_count = sum(int((micro != common.IGNORED).sum()) for micro in labels)
        loss = 0.0
        for micro_ids, micro_labels in zip(step_ids, labels):
            part = common.loss_sum(model, micro_ids, micro_labels) / target_count
            part.backward()
            loss += part.item()
        norm = torch.nn.utils.clip_grad_norm_(parameters, recipe["max_grad_norm"])
        learning_rate = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        records.append({"loss": loss, "learning_rate": learning_rate, "grad_norm": norm.item(),
                        "target_count": target_count})
    model.eval()
    return records


def save_run(folder, model, ids, prompt_length, recipe, records):
    """batches.safetensors, steps.json and logits.safetensors: all but the weights."""
    common.save_tensors(folder / "batches.safetensors", {
        "input_ids": ids, "prompt_length": prompt_length,
        "labels": common.labels_of(ids, prompt_length)})
    common.save_json(folder / "steps.json", {"recipe": recipe, "steps": records})
    logits = common.logits_of(model, ids[0, 0])
    common.save_tensors(folder / "logits.safetensors", {"input_ids": ids[0, 0], "logits": logits})
    losses = " ".join(f"{record['loss']:.3f}" for record in records)
    norms = " ".join(f"{record['grad_norm']:.2f}" for record in records)
    print(f"{folder.name}: losses {losses} | norms {norms}")
    return logits
