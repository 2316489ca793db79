"""docs/benchmarks.md's table of results, from the files in bench/results."""
import json

from harness.report import RESULTS, number

HEAD = ["shape", "work", "tuneval", "against", "peer", "what", "reached", "goal", "measured"]


def latest():
    """The newest measurement of each workload's variant and shape."""
    found = {}
    for path in sorted(RESULTS.glob("*.json"), key=lambda path: path.stat().st_mtime):
        run = json.loads(path.read_text())
        for result in run.get("results", []):
            if "workload" in result:
                found[run["shape"], result["workload"], result["title"]] = run, result
    return found


def value_of(side, what, unit):
    if what == "memory":
        return f"{side['peak_rss_bytes'] / 2**30:.2f} GiB"
    return f"{number(side['rate'])} {unit}"


def rows():
    for (shape, _, title), (run, result) in sorted(latest().items(), key=lambda item: item[0][:2]):
        sides = {side["name"]: side for side in result["sides"]}
        ours = result["sides"][0]
        for goal in result["goals"]:
            peer = sides.get(goal["against"])
            mine = value_of(ours, goal["what"], result["unit"])
            theirs = value_of(peer, goal["what"], result["unit"]) if peer else ""
            sign = "≥" if goal["at_least"] else "≤"
            disturbed = ", disturbed" if result["warnings"] else ""
            yield [shape, title, mine, goal["against"], theirs, goal["what"],
                   f"{'**' if goal['met'] else ''}{number(goal['reached'])}"
                   f"{'**' if goal['met'] else ''}", f"{sign} {number(goal['goal'])}",
                   f"{run['date']}, {run['commit']}{disturbed}"]


def table():
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows()])
