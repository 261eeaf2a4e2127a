"""Measuring commands side by side: words that the benchmarks share.

Every figure is a ratio of two commands that ran in turns on one machine:
times alone say more of the machine than of the program.
"""

import contextlib
import os
import pathlib
import statistics
import subprocess
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Run(typing.NamedTuple):
    """One run of a command, as the kernel counted it."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(words, env=None):
    """Runs a command that must succeed; its output is thrown away."""
    start = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=env,
    )
    errors = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{words[0]} failed: {errors.strip()}")
    return Run(seconds, usage.ru_utime + usage.ru_stime,
               usage.ru_maxrss * 1024)


def interleave(commands, runs, prepare=None):
    """Runs each of {name: words} `runs` times, in turns: {name: [Run]}. One
    more turn before warms the caches and is not counted."""
    results = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, words in commands.items():
            if prepare:
                prepare(name)
            result = run(words)
            if turn > 0:
                results[name].append(result)
    return results


def spread(values, digits=2):
    """Median (lowest – highest)."""
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f} – {max(values):.{digits}f})")


def ratios(ours, theirs, field="seconds"):
    """Turn by turn, so that a slow moment of the machine counts for both."""
    return [getattr(a, field) / getattr(b, field)
            for a, b in zip(ours, theirs)]


def version_of(program):
    """What `program --version` says, without its path."""
    out = subprocess.run([program, "--version"], check=True,
                         capture_output=True, text=True).stdout
    return out.splitlines()[0].strip()


@contextlib.contextmanager
def private_server(folder, bindir=None, settings=()):
    """A server of its own (scripts/server.sh); the environment names it."""
    script = ROOT / "scripts" / "server.sh"
    words = [script, "start", folder]
    if bindir:
        words += ["--bindir", bindir]
    for setting in settings:
        words += ["--set", setting]
    subprocess.run(words, check=True)
    try:
        values = dict(line.split("=", 1)
                      for line in (folder / "env").read_text().splitlines())
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
        os.environ.update({name: values[name]
                           for name in ("PGHOST", "PGPORT", "PGUSER")})
        yield values
    finally:
        subprocess.run([script, "stop", folder], check=False)
