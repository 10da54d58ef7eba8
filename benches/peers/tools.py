"""Which peers can be had on this machine: builds what is compiled, finds what is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from processes import ROOT

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"

LIBRARIES = ["numpy", "networkx", "igraph", "scipy", "ortools", "highspy", "matplotlib", "pywr<2"]
PYWR2 = ["pywr==2.0.0rc1", "numpy", "pandas", "tables", "pyarrow"]

# Peer -> what its loop imports.
MODULES = {
    "networkx": "networkx",
    "igraph": "igraph",
    "scipy": "scipy.sparse.csgraph",
    "ortools": "ortools.graph.python",
    "highs": "highspy",
    "pywr1": "pywr.core",
}

CXX = ["g++", "-O3", "-march=native", "-DNDEBUG", "-std=c++17", "-w", "-pthread"]

# C++ peer -> its source and the Debian package that has its headers.
COMPILED = {
    "lemon": ("lemon_loop.cpp", "liblemon-dev"),
    "boost": ("boost_loop.cpp", "libboost-graph-dev"),
    "kazakhstan": ("kazakhstan_loop.cpp", "liblemon-dev"),
}


def note(text):
    print(text, file=sys.stderr, flush=True)


def reason(command, **settings):
    """Why a command failed, in its last line; nothing if it did not."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **settings)
    return None if done.returncode == 0 else (done.stderr.strip() or "failed").splitlines()[-1]


def install(home, packages):
    """A virtual environment with these packages, unless it is there."""
    if (home / "bin" / "python").exists():
        return
    note(f"installing into {home} …")
    why = reason([sys.executable, "-m", "venv", home])
    why = why or reason([home / "bin" / "pip", "install", "--quiet", "--pre", *packages])
    if why:
        shutil.rmtree(home, ignore_errors=True)
        note(f"not installed: {why}")


def wants(args, label):
    return any(label.startswith(text) for text in args.only.split(","))


def newer(program, *sources):
    """Whether a program is there and no source is younger."""
    program = Path(program)
    made = program.stat().st_mtime if program.exists() else 0
    return made > max(source.stat().st_mtime for source in sources)


def find(args):
    """Peer -> the program or the Python that runs it."""
    BUILD.mkdir(exist_ok=True)
    if args.install:
        install(BUILD / "python", LIBRARIES)
        install(BUILD / "pywr2", PYWR2)
    found = {}

    def keep(name, path, why):
        if why is None and Path(path).exists():
            found[name] = path
        elif wants(args, name):
            note(f"left out: {name}: {why or f'{path} is missing'}")

    for name, (source, package) in COMPILED.items():
        program, why = BUILD / Path(source).stem, None
        if not wants(args, "lemon" if name == "kazakhstan" else name):
            continue
        if not shutil.which("g++"):
            why = "g++ is not installed"
        elif not newer(program, HERE / source, HERE / "monte_carlo.hpp"):
            why = reason([*CXX, "-o", program, HERE / source])
            why = why and f"{why} (is {package} installed?)"
        keep(name, program, why)
    if wants(args, "petgraph"):
        folder = BUILD / "petgraph"
        command = ["cargo", "build", "--release", "--locked", "--quiet"]
        command += ["--manifest-path", HERE / "petgraph_loop" / "Cargo.toml"]
        why = "cargo is not installed"
        if shutil.which("cargo"):
            flags = {"RUSTFLAGS": "-C target-cpu=native", "CARGO_TARGET_DIR": str(folder)}
            why = reason(command, env=dict(os.environ) | flags)
        keep("petgraph", folder / "release" / "petgraph_loop", why)
    own = BUILD / "python" / "bin" / "python"
    pythons = [args.python] if args.python else [own, sys.executable]
    for name, module in MODULES.items():
        if not wants(args, name):
            continue
        there = [python for python in map(Path, pythons) if python.exists()]
        why = {python: reason([python, "-c", f"import numpy, {module}"]) for python in there}
        able = [python for python in there if why[python] is None]
        first = able[0] if able else there[0]
        keep(name, first, why[first] and f"{first}: {why[first]} (run with --install)")
    if wants(args, "pywr2"):
        own = BUILD / "pywr2" / "bin" / "python"
        python = Path(args.pywr2_python) if args.pywr2_python else own
        why = f"{python} is missing (run with --install)"
        if python.exists():
            why = reason([python, "-c", "import numpy, pandas, pywr, tables; pywr.ModelSchema"])
        keep("pywr2", python, why)
    if wants(args, "keruen"):
        program, why = Path(args.keruen), None
        if not args.no_build:
            why = reason(["cargo", "build", "--release", "--quiet", "--bin", "keruen"], cwd=ROOT)
        keep("keruen", program, why)
    return found
