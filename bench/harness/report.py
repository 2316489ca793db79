"""The tables on the terminal and the file of --save."""
import datetime
import json
import subprocess

from harness.runs import warnings
from harness.workplace import ROOT

RESULTS = ROOT / "bench" / "results"


def number(value):
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def side_row(side, tokens):
    extremes = f"{number(min(side.rates))}, {number(max(side.rates))}"
    return (f"  {side.name:22}{number(side.rate()):>10}{extremes:>18}"
            f"{side.peak() / 2**30:>10.2f}"
            + (f"{number(tokens[side.name]):>14}" if side.name in tokens else ""))


def goal_row(goal):
    sign, state = ("≥" if goal.at_least else "≤"), ("met" if goal.met() else "NOT met")
    return (f"  {goal.what} against {goal.against}: {number(goal.value)} (goal {sign} "
            f"{number(goal.limit)}: {state})")


def table(result):
    """Lines of one measurement. A ratio is tuneval's value through the peer's."""
    tokens = "tokens a row" if result.tokens else ""
    lines = [result.title,
             f"  {'':22}{result.unit:>10}{'slowest, fastest':>18}{'peak GiB':>10}{tokens:>14}"]
    lines += [side_row(side, result.tokens) for side in result.sides()]
    lines += [f"  {side.name}: {side.setting}" for side in result.peers if side.setting]
    for peer in result.peers:
        lines.append(f"  against {peer.name}: {number(result.ours.rate() / peer.rate())} times as "
                     f"fast, {number(result.ours.peak() / peer.peak())} of the memory")
    if "one by one" in result.tokens:
        lines.append(f"  tokens a row has: {number(result.tokens['one by one'])}")
    lines += [f"  {name}: {number(value)}" for name, value in result.figures.items()]
    lines += [goal_row(goal) for goal in result.goals]
    lines += [f"  checked: {text}" for text in result.checked]
    lines += [f"  note: {text}" for text in result.notes]
    return lines


def commit():
    """Which source was measured; "+" where files differ from the commit."""
    done = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=ROOT, text=True,
                          capture_output=True)
    return done.stdout.strip() or "unknown"


def side_as_json(side):
    """Without completions, which are long and were compared."""
    return {"name": side.name, "setting": side.setting, "rate": side.rate(), "rates": side.rates,
            "peak_rss_bytes": side.peak(), "peaks": side.peaks,
            "cpu_seconds_per_second": side.loads, "cores_taken_by_others": side.others,
            "processes": [[{key: value for key, value in line.items()
                            if key != "completions" and not isinstance(value, list)}
                           for line in lines] for lines in side.lines]}


def result_as_json(result, threads):
    ours = result.ours
    return {"workload": result.workload, "title": result.title, "unit": result.unit,
            "ratios": [{"against": peer.name, "speed": ours.rate() / peer.rate(),
                        "memory": ours.peak() / peer.peak()} for peer in result.peers],
            "goals": [{"against": goal.against, "what": goal.what, "reached": goal.value,
                       "goal": goal.limit, "at_least": goal.at_least, "met": goal.met()}
                      for goal in result.goals],
            "checked": result.checked, "notes": result.notes, "tokens": result.tokens,
            "figures": result.figures, "sides": [side_as_json(side) for side in result.sides()],
            "warnings": warnings(result, threads)}


def new_file():
    """bench/results/DATE.json; a second one of the day gets a number."""
    RESULTS.mkdir(exist_ok=True)
    day = datetime.date.today().isoformat()
    path, count = RESULTS / f"{day}.json", 1
    while path.exists():
        count += 1
        path = RESULTS / f"{day}-{count}.json"
    return path


def write(path, results, setting):
    path.write_text(json.dumps({
        "date": datetime.date.today().isoformat(), **setting, "commit": commit(),
        "results": [result_as_json(result, setting["threads"]) for result in results]},
        indent=1, ensure_ascii=False) + "\n")
