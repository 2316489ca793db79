"""Makes the torch wheel importable on a CPU without its CUDA libraries.

`libtorch_cuda.so` names about ten libraries (cuBLAS, cuDNN, NCCL, ...; 5 GB installed) that a CPU
run never calls, but that the loader wants before `import torch` can begin. For each one that is
missing this writes a stub with the same soname and the same (versioned) symbols, all of which
abort, into the wheel's own search path. With the full CUDA set installed it does nothing.

    venv/bin/python stub_cuda.py        needs gcc, and readelf and nm of binutils
"""
import re
import subprocess
import sysconfig
import tempfile
from collections import defaultdict
from pathlib import Path

SITE = Path(sysconfig.get_paths()["purelib"])
TORCH_LIBS = sorted((SITE / "torch/lib").glob("*.so*"))
STUB_FOLDER = SITE / "nvidia/cu13/lib"
# The system's own, and the GPU driver, which only libcaffe2_nvrtc.so (never loaded here) names.
SYSTEM = re.compile(
    r"^(libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\+\+|libquadmath|libz|ld-linux.*|libcuda)"
    r"\.so")
SYSTEM_VERSION = re.compile(r"^(GLIBC|GLIBCXX|CXXABI|GCC|GOMP|OMP|QUADMATH)_")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(library):
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-dW", str(library)))


def symbols(library, kind):
    listing = output_of("nm", "-D", f"--{kind}-only", "--with-symbol-versions", str(library))
    for line in listing.splitlines():
        *_, letter, name = line.split()
        name, _, version = name.partition("@")
        if letter not in "wv":  # an unresolved weak symbol is no error
            yield name, version.lstrip("@")


def write_stub(soname, by_version):
    """One function a symbol; a version script gives each the version that the loader looks for."""
    names = sorted({name for names in by_version.values() for name in names})
    functions = "".join(f"void {name}(void) {{ abort(); }}\n" for name in names)
    source = "#include <stdlib.h>\n" + functions
    script = "".join(
        f"{version} {{ global: {' '.join(f'{name};' for name in sorted(group))} }};\n"
        for version, group in by_version.items() if version)
    with tempfile.TemporaryDirectory() as folder:
        c_file, map_file = Path(folder, "stub.c"), Path(folder, "stub.map")
        c_file.write_text(source)
        map_file.write_text(script)
        versions = [f"-Wl,--version-script={map_file}"] if script else []
        subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-fno-builtin", *versions,
                        f"-Wl,-soname,{soname}", "-o", str(STUB_FOLDER / soname), str(c_file)],
                       check=True)


def owner_of(version, missing):
    """A symbol's version is its library's soname, but for NVSHMEM; without one any stub will do."""
    if version == "NVSHMEM":
        return next(soname for soname in missing if "nvshmem" in soname)
    return version if version in missing else missing[0]


def main():
    present = TORCH_LIBS + [path for path in (SITE / "nvidia").rglob("*.so*")]
    here = {path.name for path in present}
    missing = sorted({name for library in TORCH_LIBS for name in needed(library)
                      if name not in here and not SYSTEM.match(name)})
    if not missing:
        print("nothing to stub")
        return
    defined = {name for library in present for name, _ in symbols(library, "defined")}
    wanted = defaultdict(lambda: defaultdict(set))
    for library in TORCH_LIBS:
        for name, version in symbols(library, "undefined"):
            if name in defined or SYSTEM_VERSION.match(version):
                continue
            wanted[owner_of(version, missing)][version].add(name)
    for soname in missing:
        write_stub(soname, wanted[soname])
    print("stubbed", *missing)


if __name__ == "__main__":
    main()
