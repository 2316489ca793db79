"""The table on the terminal and the file of --save."""
import datetime
import json
import subprocess

from harness.runs import warnings
from harness.workplace import ROOT


def table(result):
    """Lines of one measurement. A ratio is tuneval's value through the peer's."""
    ours, peer = result.ours, result.peer
    rows = [
        ("examples/s", f"{ours.rate():.3g}", f"{peer.rate():.3g}",
         f"{ours.rate() / peer.rate():.2f}"),
        ("  slowest, fastest", *(f"{min(s.rates):.3g}, {max(s.rates):.3g}" for s in (ours, peer)),
         ""),
        ("peak memory, GiB", *(f"{s.peak() / 2**30:.2f}" for s in (ours, peer)),
         f"{ours.peak() / peer.peak():.2f}"),
        ("tokens computed", f"{result.tokens['computed']}", f"{result.tokens['padded']}",
         f"{result.tokens['computed'] / result.tokens['padded']:.2f}"),
    ]
    lines = [result.title, f"  {'':20}{ours.name:>16}{peer.name:>22}{'ratio':>10}"]
    lines += [f"  {name:20}{mine:>16}{theirs:>22}{ratio:>10}" for name, mine, theirs, ratio in rows]
    lines.append(f"  tokens of the rows one by one: {result.tokens['as_rows']}; the peer computes "
                 f"{result.peer_batch} rows at once{chosen_among(result.search)}")
    lines.append(f"  checked: {result.checked}")
    return lines


def chosen_among(search):
    if not search:
        return ""
    return f" (fastest of {', '.join(map(attempt, search))})"


def attempt(entry):
    if "skipped" in entry:
        return f"{entry['batch']}: {entry['skipped']}"
    return (f"{entry['batch']}: {entry['seconds_a_row']:.2f} s a row, "
            f"{entry['peak_rss_bytes'] / 2**30:.1f} GiB")


def commit():
    """Which source was measured; "+" where files differ from the commit."""
    done = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=ROOT, text=True,
                          capture_output=True)
    return done.stdout.strip() or "unknown"


def side_as_json(side):
    return {"name": side.name, "examples_per_second": side.rate(), "rates": side.rates,
            "peak_rss_bytes": side.peak(), "peaks": side.peaks,
            "cpu_seconds_per_second": side.loads, "cores_taken_by_others": side.others,
            "processes": [[{key: value for key, value in line.items()
                            if key not in ("completions", "rows") or isinstance(value, int)}
                           for line in lines] for lines in side.lines]}


def as_json(results, setting):
    return {**setting, "commit": commit(), "results": [
        {"title": result.title, "checked": result.checked, "tokens": result.tokens,
         "peer_batch": result.peer_batch, "search": result.search,
         "examples_per_second_ratio": result.ours.rate() / result.peer.rate(),
         "peak_rss_ratio": result.ours.peak() / result.peer.peak(),
         "sides": [side_as_json(result.ours), side_as_json(result.peer)],
         "warnings": warnings([result.ours, result.peer], setting["threads"])}
        for result in results]}


def save(results, setting):
    """bench/results/<date>.json; a second one of the day gets a number."""
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    day = datetime.date.today().isoformat()
    path, number = folder / f"{day}.json", 1
    while path.exists():
        number += 1
        path = folder / f"{day}-{number}.json"
    path.write_text(json.dumps(as_json(results, setting), indent=1) + "\n")
    return path
