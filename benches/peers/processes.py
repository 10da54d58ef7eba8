"""Running programs and reading their answers. Needs Linux: memory is read from /proc."""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Failed(Exception):
    """A process that did not do what it was asked."""


@dataclass
class Answer:
    """What one process found in one round; estimates are (mean a year, standard error)."""

    years: int
    seconds: float  # wall
    cpu: float  # seconds of all threads
    unserved: tuple
    cost: tuple | None = None
    outlets: list | None = None  # mean flow a year to each, in the workload's order
    outlet_errors: list | None = None
    peak_mib: float = 0.0
    more: dict = field(default_factory=dict)


@dataclass
class Done:
    """Output of a finished process and what it took."""

    output: str
    seconds: float
    cpu: float
    peak_mib: float


def spawn(command, timeout):
    """Run a command to its end."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=err, cwd=ROOT, env=environment
        )
        peak, timed_out = 0.0, False
        while True:
            # The kernel's own account at exit would count this script too, whose memory a new
            # process shares until it becomes the program.
            peak = max(peak, high_water_mib(process.pid))
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > begin + timeout and not timed_out:
                process.kill()
                timed_out = True
            time.sleep(0.01)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if timed_out:
            raise Failed(f"no answer within {timeout:.0f} s")
        if process.returncode:
            said = err.read().decode(errors="replace").strip().splitlines()
            raise Failed(f"exit code {process.returncode}: {' | '.join(said[-3:])}")
        text = out.read().decode()
        return Done(text, seconds, usage.ru_utime + usage.ru_stime, peak)


def high_water_mib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def peer_answer(command, timeout):
    """Peers time themselves, start-up left out, and print JSON last."""
    done = spawn(command, timeout)
    lines = done.output.strip().splitlines()
    if not lines:
        raise Failed("it printed nothing")
    last = json.loads(lines[-1])
    cost = (last["cost"], last["cost_se"]) if "cost" in last else None
    unserved = (last["unserved"], last["se"])
    return Answer(
        last["years"],
        last["seconds"],
        max(last["cpu"], 1e-6),
        unserved,
        cost,
        last.get("outlets"),
        None,
        done.peak_mib,
    )
