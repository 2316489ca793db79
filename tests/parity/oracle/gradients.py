"""Completion-only loss of one batch and the gradient of every parameter.

Writes fixtures/<name>.grads.safetensors for the models that are stored in float32 in one file.
"""
import torch

import common


def batch_for(name, vocab):
    """Rows with shared prompts: two completions part at once, one late; one row has no target."""
    random = common.generator(name + ".grads")
    system = common.random_ids(6, vocab, random)
    question = system + common.random_ids(4, vocab, random)
    answer = common.random_ids(5, vocab, random)
    prompts_and_completions = [
        (question, answer),
        (question, common.random_ids(3, vocab, random)),
        (question, answer[:3] + common.random_ids(1, vocab, random)),
        (system + common.random_ids(2, vocab, random), common.random_ids(7, vocab, random)),
        (common.random_ids(1, vocab, random), common.random_ids(2, vocab, random)),
        (question, []),
    ]
    ids = common.batch_of([prompt + completion for prompt, completion in prompts_and_completions])
    return ids, torch.tensor([len(prompt) for prompt, _ in prompts_and_completions])


def main():
    for name in common.model_names():
        if name.endswith(("_bfloat16", "_float16", "_sharded")):
            continue
        model = common.read_model(name)
        ids, prompt_length = batch_for(name, common.vocabulary(model))
        labels = common.labels_of(ids, prompt_length)
        target_count = (labels != common.IGNORED).sum()
        loss = common.loss_sum(model, ids, labels) / target_count
        loss.backward()
        if model.config.get_text_config() is model.config:
            check_own_loss(model, ids, labels, target_count, loss)
        # What sees no image has none in a vision part.
        gradients = {f"gradient.{key}": p.grad for key, p in model.named_parameters()
                     if p.grad is not None}
        common.save_tensors(common.FIXTURES / f"{name}.grads.safetensors", {
            "input_ids": ids, "prompt_length": prompt_length, "loss": loss, **gradients})
        print(f"{name}: loss {loss:.4f}, {len(gradients)} gradients")


@torch.no_grad()
def check_own_loss(model, ids, labels, target_count, loss):
    """transformers' own loss, as its Trainer asks for it."""
    own = model(**common.model_inputs(ids), labels=labels, num_items_in_batch=target_count).loss
    torch.testing.assert_close(own, loss)


if __name__ == "__main__":
    main()
