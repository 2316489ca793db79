"""Both sides did the same work, or nothing is timed."""
from harness.workplace import Failure

LOSS_LIMIT = 1e-3          # relative, for each step
FIRST_TOKENS_LIMIT = 0.99  # share of rows whose first new token is the same; one may differ anyhow


def losses(ours, peer, name):
    """The largest relative difference; Failure where it is beyond the limit."""
    if len(ours) != len(peer):
        raise Failure(f"{len(ours)} steps, {name} made {len(peer)}")
    reached = 0.0
    for mine, theirs in zip(ours, peer):
        if mine["target_count"] != theirs["target_count"]:
            raise Failure(f"step {mine['step']}: {mine['target_count']} targets, {name} has "
                          f"{theirs['target_count']}")
        difference = abs(mine["loss"] - theirs["loss"]) / abs(theirs["loss"])
        if not difference <= LOSS_LIMIT:
            raise Failure(f"step {mine['step']}: loss {mine['loss']:.6f}, {name}'s "
                          f"{theirs['loss']:.6f}: not the same work, nothing is timed")
        reached = max(reached, difference)
    return reached


def by_row(lines, rows, name):
    """Completions of a peer's lines, by row."""
    found = [None] * rows
    for line in lines:
        for row, completion in zip(line.get("rows", []), line.get("completions", [])):
            found[row] = completion
    if None in found:
        raise Failure(f"{name} completed {rows - found.count(None)} of {rows} prompts")
    return found


def completions(ours, theirs, name, limit=FIRST_TOKENS_LIMIT):
    """What is equal, in words; Failure where too few first tokens are."""
    rows = len(ours)
    first = sum(a[:1] == b[:1] for a, b in zip(ours, theirs))
    whole = sum(a == b for a, b in zip(ours, theirs))
    kinds = len({tuple(completion) for completion in ours})
    said = (f"{name}: {first} of {rows} first tokens are equal, {whole} of {rows} whole "
            f"completions ({kinds} different ones)")
    if first < min(limit * rows, rows - 1):
        raise Failure(f"only {said}: not the same work, nothing is timed")
    return said
