"""The setting that suits a peer best. What was found is kept: a second run need not search."""
import json
import sys
import time

from harness.runs import Killed
from harness.workplace import FOLDER, Failure, available_memory

FILE = FOLDER / "best.json"


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def fastest(what, sizes, attempt):
    """The fastest of `sizes`, which rise, and what was tried. `attempt` gives seconds a row and the
    peak in bytes. Ends early where two in a row were slower than the best before them, and where a
    size would not fit: memory grows by a fixed amount a row."""
    tried, peaks, best, worse = [], {}, float("inf"), 0
    for size in sizes:
        needed = expected_peak(peaks, size)
        if needed > 0.9 * available_memory():
            tried.append({"batch": size, "skipped": f"would need about {needed / 2**30:.0f} GiB"})
        else:
            try:
                seconds, peaks[size] = attempt(size)
                tried.append({"batch": size, "seconds_a_row": seconds,
                              "peak_rss_bytes": peaks[size]})
            except Killed:
                tried.append({"batch": size, "skipped": "was killed for want of memory"})
        last = tried[-1]
        say(f"{what} {size}: " + last.get("skipped", f"{last.get('seconds_a_row', 0):.3g} s a row"))
        worse = 0 if last.get("seconds_a_row", best) < best else worse + 1
        best = min(best, last.get("seconds_a_row", best))
        if "skipped" in last or worse == 2:
            break
    done = [entry for entry in tried if "seconds_a_row" in entry]
    if not done:
        raise Failure(f"{what}: the peer fits into memory with none of {sizes}")
    return min(done, key=lambda entry: entry["seconds_a_row"])["batch"], tried


def expected_peak(peaks, size):
    known = sorted(peaks)
    if len(known) < 2:
        return 0
    low, high = known[-2:]
    return peaks[high] + (peaks[high] - peaks[low]) / (high - low) * (size - high)


def remembered(key, again, search):
    """search()'s value, which JSON can hold, or what it gave for this key before."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    key = " | ".join(map(str, key))
    if again or key not in known:
        value = search()
        known = json.loads(FILE.read_text()) if FILE.exists() else {}
        known[key] = {"found": time.strftime("%Y-%m-%d %H:%M"), "value": value}
        FILE.write_text(json.dumps(known, indent=1) + "\n")
    return known[key]["value"]


def in_words(tried):
    if not tried:
        return ""
    return "; fastest of " + ", ".join(
        f"{entry['batch']}: " + (entry["skipped"] if "skipped" in entry else
                                 f"{entry['seconds_a_row']:.3g} s a row, "
                                 f"{entry['peak_rss_bytes'] / 2**30:.1f} GiB") for entry in tried)
