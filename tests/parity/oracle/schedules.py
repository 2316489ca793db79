"""Learning-rate multipliers of transformers' schedules, a step each: fixtures/schedules.json."""
import torch
from transformers import TrainingArguments, get_scheduler

import common
import training

STEPS_AND_WARMUP = [(10, 2), (10, 0), (1, 0), (1, 1), (5, 5), (20, 1), (37, 4)]
STEPS_AND_SHARE = [(10, 0.05), (20, 0.05), (21, 0.05), (1, 0.05), (100, 0.05), (32000, 0.05),
                   (30, 0.1), (7, 0.0), (7, 0.99)]


def multipliers(kind, steps, warmup):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = get_scheduler(training.SCHEDULERS[kind], optimizer, num_warmup_steps=warmup,
                              num_training_steps=steps)
    result = []
    for _ in range(steps):
        result.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return result


def warmup_steps(steps, share):
    """How the Trainer turns a share of all steps into a number of them."""
    return TrainingArguments(warmup_steps=share, use_cpu=True).get_warmup_steps(steps)


def main():
    schedules = [
        {"schedule": kind, "steps": steps, "warmup_steps": warmup,
         "multipliers": multipliers(kind, steps, warmup)}
        for kind in training.SCHEDULERS for steps, warmup in STEPS_AND_WARMUP]
    warmups = [{"steps": steps, "share": share, "warmup_steps": warmup_steps(steps, share)}
               for steps, share in STEPS_AND_SHARE]
    common.save_json(common.FIXTURES / "schedules.json",
                     {"schedules": schedules, "warmup_steps": warmups})


if __name__ == "__main__":
    main()
