"""Does what a page of docs/ tells a reader to do, in an empty folder, with an installed tuneval.

    run_tutorial.py PAGE.md PREFIX WORK

Of the page it takes, in order, the code blocks behind these lines:
    <!-- run -->         shell commands; the first that fails ends it. PREFIX is set, PREFIX/bin is in PATH
    <!-- prints -->      what the commands before print, among other lines; … stands for anything
    <!-- write FILE -->  a file that the reader writes
    <!-- append FILE -->
A variable that a line sets, and the folder that it changes to, hold for the blocks behind it.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^<!-- (run|prints|write|append)(?: (\S+))? -->\n```\w*\n(.*?)^```$", re.S | re.M)


class Shell:
    """A bash that keeps its folder and its variables from one block to the next."""

    def __init__(self, folder, environment):
        self.folder, self.environment, self.done = folder, environment, ""

    def run(self, commands):
        """What the block prints. Lines before it that set a variable or change the folder still hold."""
        script = f"set -euo pipefail\n{self.done}\n{commands}"
        result = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            raise SystemExit(f"{commands}\nended with {result.returncode}:\n{result.stdout}")
        self.done += "".join(line + "\n" for line in commands.splitlines()
                             if re.fullmatch(r"(export )?\w+=\S*|cd \S+", line))
        return result.stdout


def pattern_of(expected):
    """A regular expression for lines in which … stands for anything and space for some space."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in expected.strip().split("…")]
    return re.compile(r"\s*.*?\s*".join(parts), re.S)


def check_printed(expected, printed):
    for line in filter(str.strip, expected.splitlines()):
        if not pattern_of(line).search(printed):
            raise SystemExit(f"expected:\n{line}\nin:\n{printed}")


def main(page, prefix, work):
    page, prefix, work = Path(page), Path(prefix).resolve(), Path(work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if name != "TUNEVAL_PLUGIN_PATH"}
    environment.update(PREFIX=str(prefix), PATH=f"{prefix}/bin:{os.environ['PATH']}")
    shell, printed, counts = Shell(work, environment), "", {}
    for kind, name, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "run":
            printed = shell.run(text)
            print(text, printed, sep="", flush=True)
        elif kind == "prints":
            check_printed(text, printed)
        else:
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w" if kind == "write" else "a", encoding="utf-8") as file:
                file.write(text)
    if not counts.get("run") or not counts.get("prints"):
        raise SystemExit(f"{page}: expected blocks to run, and what they print; found {counts}")
    print(f"{page.name}: {counts}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
