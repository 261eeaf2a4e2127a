"""Measuring commands side by side: words that the benchmarks share.

Every figure is a ratio of two commands that ran in turns on one machine:
times alone say more of the machine than of the program.
"""

import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Run(typing.NamedTuple):
    """One run of a command, as the kernel counted it. Of several processes,
    the peak is that of the one that took most; it is never less than this
    program's own, which every command begins as a copy of."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    server_cpu_seconds: float = 0  # if a Server was given
    octets: int = 0  # of what it wrote, if somebody looked

    @property
    def all_cpu_seconds(self):
        return self.cpu_seconds + self.server_cpu_seconds


class Server:
    """What the processes of a server cost, that of a postmaster and its
    children, those among them that have ended."""

    TICKS = os.sysconf("SC_CLK_TCK")

    def __init__(self, postmaster):
        self.postmaster = int(postmaster)
        self.lasting = set(self.children())

    def children(self):
        task = f"/proc/{self.postmaster}/task/{self.postmaster}/children"
        return [int(word) for word in pathlib.Path(task).read_text().split()]

    def wait(self):
        """Until the backends of a client that has ended are gone: what they
        took is their postmaster's only then."""
        deadline = time.monotonic() + 10
        while set(self.children()) - self.lasting:
            if time.monotonic() > deadline:
                self.lasting = set(self.children())
                return
            time.sleep(0.01)

    @classmethod
    def seconds_of(cls, process, fields):
        try:
            stat = pathlib.Path(f"/proc/{process}/stat").read_text()
        except FileNotFoundError:
            return 0
        # Behind the name, which may hold blanks: the fields from the third.
        words = stat.rpartition(")")[2].split()
        return sum(int(words[field - 3]) for field in fields) / cls.TICKS

    def cpu_seconds(self):
        """utime, stime, and of the postmaster cutime and cstime."""
        self.wait()
        return (self.seconds_of(self.postmaster, (14, 15, 16, 17))
                + sum(self.seconds_of(child, (14, 15))
                      for child in self.children()))


def run(words, env=None, server=None):
    """Runs a command that must succeed; its output is thrown away. What
    `server` (a Server) did meanwhile counts as done for it."""
    server_before = server.cpu_seconds() if server else 0
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
               usage.ru_maxrss * 1024,
               server.cpu_seconds() - server_before if server else 0)


def interleave(commands, runs, prepare=None, server=None, finish=None):
    """Runs each of {name: words} `runs` times, in turns: {name: [Run]}. One
    more turn before warms the caches and is not counted. `prepare` is called
    with the name before each; `finish` with it and the Run, and returns what
    is to be kept of it."""
    results = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, words in commands.items():
            if prepare:
                prepare(name)
            result = run(words, server=server)
            if finish:
                result = finish(name, result)
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


def major_of(program):
    """The major version of a program of PostgreSQL."""
    return int(re.search(r"\) (\d+)", version_of(program)).group(1))


def version_of(program):
    """What `program --version` says, without its path."""
    out = subprocess.run([program, "--version"], check=True,
                         capture_output=True, text=True).stdout
    return out.splitlines()[0].strip()


@contextlib.contextmanager
def private_server(folder, bindir=None, settings=(), keep=False):
    """A server of its own (scripts/server.sh); the environment names it.
    `keep`: one that runs in `folder` already is taken as it is, and goes on
    when this ends."""
    script = ROOT / "scripts" / "server.sh"
    words = [script, "start", folder]
    if bindir:
        words += ["--bindir", bindir]
    for setting in settings:
        words += ["--set", setting]
    if not keep or subprocess.run([script, "status", folder],
                                  stdout=subprocess.DEVNULL).returncode:
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
        if not keep:
            subprocess.run([script, "stop", folder], check=False)
