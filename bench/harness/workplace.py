"""What a measurement stands on: built programs, the peers' Pythons, data, the machine."""
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "bench" / "peer"
FOLDER = ROOT / "build" / "bench_inputs"  # made anew when what it depends on changes
build_folder = ROOT / "build"             # --built-in names another


class Failure(Exception):
    """A message for whoever runs the benchmark."""


def call(*command, quiet=True):
    """Runs a command in the project's folder; its output is shown when it fails."""
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=ROOT, text=True,
                          stdout=subprocess.PIPE if quiet else None,
                          stderr=subprocess.STDOUT if quiet else None)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit {done.returncode}\n{(done.stdout or '')[-4000:]}")
    return done.stdout


def build():
    call("tools/bootstrap", quiet=False)
    jobs = call("tools/bootstrap", "--jobs").strip()
    call("cmake", "--preset", "dev")
    call("cmake", "--build", "build", "--parallel", jobs, "--target", "tuneval", "tuneval_bench",
         quiet=False)


def program(name):
    path = build_folder / "bin" / name
    if not path.exists():
        raise Failure(f"{path}: is missing; run without --no-build")
    return path


def peer_python():
    """TUNEVAL_PEER_PYTHON, else an environment of our own, made at the first run."""
    given = os.environ.get("TUNEVAL_PEER_PYTHON")
    if given:
        return Path(given)
    folder = ROOT / ".deps" / "peer"
    if not (folder / "ready").exists():
        print("making the peers' environment in .deps/peer (0.7 GB to download)", flush=True)
        call("tests/parity/oracle/make_venv", folder, quiet=False)
        call(folder / "bin" / "pip", "install", "--quiet", "--no-deps", "-r",
             PEER / "requirements-trl.txt", quiet=False)
        (folder / "ready").touch()
    return folder / "bin" / "python"


def llama_python():
    """TUNEVAL_LLAMA_PYTHON, else an environment of our own with llama.cpp built for this machine
    (about ten minutes of compiling)."""
    given = os.environ.get("TUNEVAL_LLAMA_PYTHON")
    if given:
        return Path(given)
    folder = ROOT / ".deps" / "llama"
    if not (folder / "ready").exists():
        print("building llama.cpp in .deps/llama", flush=True)
        call(PEER / "make_llama_venv", folder, quiet=False)
        (folder / "ready").touch()
    return folder / "bin" / "python"


def data_folder():
    folder = Path(os.environ.get("TUNEVAL_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "banking77").is_dir():
        raise Failure(f"{folder}: has no banking77/; set TUNEVAL_SHARED_DATA to a folder with what "
                      "bench/README.md lists")
    return folder


def machine():
    """What the numbers depend on."""
    info = {"cores": len(os.sched_getaffinity(0)), "memory_bytes": available_memory("MemTotal")}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            info["cpu"] = line.split(":", 1)[1].strip()
            break
    return info


def available_memory(key="MemAvailable"):
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0


def versions_in(python, *packages):
    """Versions of packages, without importing them; those that are missing are left out."""
    code = ("import json, sys; from importlib import metadata\n"
            "def of(name):\n"
            "    try: return metadata.version(name)\n"
            "    except metadata.PackageNotFoundError: return None\n"
            "print(json.dumps({n: of(n) for n in sys.argv[1:] if of(n)}))")
    return json.loads(call(python, "-c", code, *packages))
