"""Builds the wheels and the sdist into dist/, from a checkout, without a network.

    python3 python/wheels.py                 all platforms, and the sdist
    python3 python/wheels.py linux/amd64     one of them
    python3 python/wheels.py native          that of this machine

It needs Go and Debian's python3-build, or their like: the packages build, setuptools and wheel. They go
to another folder by RELUCELL_DIST. The binaries are static, so one serves glibc and musl. Each wheel is
looked into when it is made, for most of them cannot be run here.
"""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

from inspect_wheel import TAGS, executable, inspect

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
DIST = pathlib.Path(os.environ.get("RELUCELL_DIST", TOP / "dist")).resolve()

def native() -> str:
    machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}/{machine}"


def build(kind: str, target: str, env: dict) -> None:
    """Builds from a copy, so that nothing is left beside the sources."""
    with tempfile.TemporaryDirectory(prefix="relucell-") as folder:
        copy = pathlib.Path(folder) / "python"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", "_bin"))
        shutil.copy(TOP / "LICENSE", copy)
        if target:
            system, machine = target.split("/")
            binary = copy / "src" / "relucell" / "_bin" / executable(target)
            binary.parent.mkdir()
            subprocess.run([os.environ.get("GO", "go"), "build", "-trimpath", "-ldflags=-s -w", "-o", str(binary), "./cmd/relucell"], cwd=TOP, check=True,
                           env={**env, "CGO_ENABLED": "0", "GOOS": system, "GOARCH": machine})
            binary.chmod(0o755)
            env = {**env, "RELUCELL_PLATFORM": TAGS[target]}
        subprocess.run([sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(DIST), str(copy)], check=True, env=env, stdout=subprocess.DEVNULL)
    if target:
        [made] = DIST.glob(f"relucell-*-none-{TAGS[target]}.whl")
        inspect(made, target, HERE / "src" / "relucell")


def main(names: list) -> None:
    targets = [native() if n == "native" else n for n in names] or [*TAGS, ""]
    for t in targets:
        if t and t not in TAGS:
            sys.exit(f"wheels.py: {t}: no wheel for it, expected one of {', '.join(TAGS)}, or native")
    # The times in the archives are those of the commit, so equal sources give equal wheels.
    stamp = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=TOP, capture_output=True, text=True).stdout.strip() or "315532800"
    for t in targets:
        build("--wheel" if t else "--sdist", t, {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", stamp)})
    for path in sorted(DIST.glob("relucell-*")):
        print(f"{path.stat().st_size:>12,}  {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
