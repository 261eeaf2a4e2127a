#!/usr/bin/env python3
"""How long dumps and restores take, beside those of pg_dump and pg_restore.

Fills a database with each set, runs pgbale, each peer, and the floor
(bench/floor.py) on it in turns, and prints a table: seconds, the processor's
seconds of client and server together, the client's peak of memory, octets of
the archive, and pgbale's ratio to each, with the spread of the runs. At the
end of each set, `pgbale verify --against` proves that the last archive, and the
last database that was restored, hold what the source holds.

  bench/compare.py --scale 0.05 --runs 1
  bench/compare.py --sets mixed giant --write
  bench/compare.py --keep build/compare --phases restore

Peers are every pg_dump that can read the server: those of Debian's packages,
and those that scripts/postgres-source.sh has built with lz4 and zstd (18 is
built if there is none). `--server 15` lets Debian's 15 take part. A copy from database to database is
measured beside pgcopydb, if it is installed.

--write puts each table into docs/benchmarks.md, in place of what an earlier
run with the same set and phase has written there.
"""

import argparse
import glob
import os
import pathlib
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import typing

import measure
import size

DOCUMENT = measure.ROOT / "docs" / "benchmarks.md"
SCRIPTS = measure.ROOT / "scripts"
OURS = "pgbale"


class DataSet(typing.NamedTuple):
    """Files of bench/sets, in this order in one database."""

    parts: list
    scale: int  # what these files take for --scale 1
    # pgbale's time ÷ that of a peer: what it is meant to be at most.
    dump_targets: dict = {}
    restore_targets: dict = {}
    copy_targets: dict = {}


ZSTD = "-Fd zstd:1"
SETS = {
    "mixed": DataSet([*size.NAMES, "accounts", "mixed"], 40,
                     {ZSTD: 0.67, "-Fc": 0.10, "floor": 1.5},
                     {ZSTD: 0.60, "-Fc -j 1": 0.40}, {"clone": 0.60}),
    "giant": DataSet(["tpch", "giant"], 36, {ZSTD: 0.55}, {ZSTD: 0.55}),
    "small": DataSet(["small"], 100, {},
                     {ZSTD: 0.35, "--transaction-size=1000": 0.8}),
    "lobs": DataSet(["lobs"], 100, {ZSTD: 0.25}),
    "wide": DataSet(["wide"], 150),
    "partitions": DataSet(["partitions"], 100, {ZSTD: 0.6}),
} | {
    name: DataSet([name], 100, {ZSTD: 0.45}, {ZSTD: 0.35})
    for name in ["floats", "times", "uuids", "octets"]
}

# The set is in memory, so that no disk is measured; autovacuum would come at
# some runs and not at others. What a crash would lose is not traded for speed.
# `small` needs the locks.
SETTINGS = ["shared_buffers=4GB", "autovacuum=off", "fsync=on",
            "synchronous_commit=on", "full_page_writes=on",
            "wal_level=replica", "max_wal_size=8GB", "checkpoint_timeout=1h",
            "maintenance_work_mem=256MB", "max_locks_per_transaction=2048"]


def output_of(words):
    return subprocess.run(words, check=True, capture_output=True,
                          text=True).stdout.strip()


def find_programs(options):
    """{major version: folder} of pg_dump and pg_restore that read the server."""
    if options.bindirs:
        folders = options.bindirs
    else:
        built = output_of([SCRIPTS / "postgres-source.sh", "pg_dump", "18"])
        store = pathlib.Path(built.splitlines()[-1]).parent.parent
        folders = [*glob.glob("/usr/lib/postgresql/*/bin"),
                   *glob.glob(f"{store}/tools-*/bin")]
    found = {measure.major_of(f"{folder}/pg_dump"): pathlib.Path(folder)
             for folder in folders
             if pathlib.Path(folder, "pg_dump").exists()}
    return {major: found[major] for major in sorted(found)
            if major >= options.server}


def dump_peers(options):
    """{name: words}, to which -d DATABASE -f PATH are added."""
    jobs = ["-j", str(options.jobs)]
    ours = [options.pgbale, "dump", "--quiet", "--overwrite", *jobs]
    peers = {OURS: ours,
             f"{OURS} --memory=256MiB": [*ours, "--memory=256MiB"]}
    for major, folder in options.programs.items():
        def add(name, *words, program=folder / "pg_dump", major=major):
            peers[f"pg_dump {major} {name}"] = [program, *words]
        if major >= 16:
            add(ZSTD, "-Fd", "--compress=zstd:1", *jobs)
            add("-Fc zstd:1", "-Fc", "--compress=zstd:1")
            add("-Fd lz4", "-Fd", "--compress=lz4", *jobs)
        add("-Fd gzip", "-Fd", *jobs)
        add("-Fc", "-Fc")
    return peers


def restore_peers(options):
    """{name: (words to dump, words to restore)}. A newer pg_restore sets what
    an older server does not know, and calls that an error. Without -j it
    restores as it does by default."""
    jobs = ["-j", str(options.jobs)]
    peers = {OURS: ([options.pgbale, "dump", "--quiet", *jobs],
                    [options.pgbale, "restore", "--quiet", *jobs])}
    for major, folder in options.programs.items():
        if major == options.server or options.server >= 17:
            compress = ["--compress=zstd:1"] if major >= 16 else []
            dump = [folder / "pg_dump", "-Fd", *compress, *jobs]
            name = f"pg_restore {major} {ZSTD if compress else '-Fd gzip'}"
            program = folder / "pg_restore"
            peers[name] = (dump, [program, *jobs])
            if major >= 17:
                peers[f"{name} --transaction-size=1000"] = (
                    dump, [program, *jobs, "--transaction-size=1000"])
            peers[f"pg_restore {major} -Fc -j 1"] = (
                [folder / "pg_dump", "-Fc"], [program])
    return peers


def check(options, archive, database):
    """Ends the program unless the archive is whole, and is that database."""
    subprocess.run([options.pgbale, "verify", "--quiet", "--against",
                    f"dbname={database}", archive], check=True)


def measure_dumps(options, database, folder, server):
    peers = dump_peers(options)
    paths = {name: folder / f"dump{i}" for i, name in enumerate(peers)}
    commands = {name: [*words, "-d", database, "-f", paths[name]]
                for name, words in peers.items()}
    floor = [measure.ROOT / "bench/floor.py", "-d", database, "--jobs",
             options.jobs]
    commands["floor: COPY TO '/dev/null'"] = floor
    commands["the same in binary"] = [*floor, "--binary"]

    def finish(name, run):
        if name not in paths:
            return run
        return run._replace(octets=size.octets_of(paths[name]))

    def prepare(name):
        if name in paths:
            size.remove(paths[name])

    results = measure.interleave(chosen(options, commands), options.runs,
                                 prepare, server, finish)
    for name in results:
        if name.startswith(OURS):
            check(options, paths[name], database)
        prepare(name)
    return results


def measure_restores(options, database, folder, server):
    peers = chosen(options, restore_peers(options))
    archives = {name: folder / f"restore{i}" for i, name in enumerate(peers)}
    for name, (dump, _) in peers.items():
        subprocess.run([*dump, "-d", database, "-f", archives[name]],
                       check=True)
    target = f"{database}_restored"

    def prepare(_):
        size.psql("postgres", "SET client_min_messages = warning;"
                  f"DROP DATABASE IF EXISTS {target};"
                  f"CREATE DATABASE {target} TEMPLATE template0;CHECKPOINT;")

    def finish(name, run):
        if name.startswith(OURS):
            check(options, archives[name], target)
        return run._replace(octets=size.octets_of(archives[name]))

    commands = {name: [*restore, "-d", target, archives[name]]
                for name, (_, restore) in peers.items()}
    results = measure.interleave(commands, options.runs, prepare, server,
                                 finish)
    size.psql("postgres", f"DROP DATABASE {target};")
    for path in archives.values():
        size.remove(path)
    return results


def copy_peers(options, source, target, folder):
    """{name: words}: from server to server, without a file. pgcopydb calls
    pg_dump and pg_restore, and finds them by PATH."""
    names = [f"host={os.environ['PGHOST']} port={os.environ['PGPORT']} "
             f"user={os.environ['PGUSER']} dbname={each}"
             for each in [source, target]]
    peers = {OURS: [options.pgbale, "copy", "--quiet", "-j", options.jobs,
                    *names]}
    program = shutil.which("pgcopydb")
    if program:
        peers["pgcopydb clone"] = [
            "env", f"PATH={search_path(options)}", program, "clone",
            "--source", names[0], "--target", names[1], "--table-jobs",
            options.jobs, "--index-jobs", options.jobs, "--dir",
            folder / "pgcopydb"]
    return peers


def search_path(options):
    """PATH with the oldest programs that can read the server before all
    others."""
    first = next(iter(options.programs.values()), None)
    path = os.environ["PATH"]
    return f"{first}:{path}" if first else path


def prove_equal(options, one, other):
    """Ends the program unless both databases hold the same."""
    subprocess.run([SCRIPTS / "compare-databases.sh", one, other], check=True,
                   stdout=subprocess.DEVNULL,
                   env={**os.environ, "PATH": search_path(options)})


def measure_copies(options, database, folder, server):
    target = f"{database}_copied"

    def prepare(_):
        shutil.rmtree(folder / "pgcopydb", ignore_errors=True)
        size.psql("postgres", "SET client_min_messages = warning;"
                  f"DROP DATABASE IF EXISTS {target};"
                  f"CREATE DATABASE {target} TEMPLATE template0;CHECKPOINT;")

    def finish(name, run):
        if name == OURS:
            prove_equal(options, database, target)
        return run

    commands = copy_peers(options, database, target, folder)
    results = measure.interleave(chosen(options, commands), options.runs,
                                 prepare, server, finish)
    size.psql("postgres", f"DROP DATABASE {target};")
    return results


PHASES = {"dump": measure_dumps, "restore": measure_restores,
          "copy": measure_copies}


def chosen(options, commands):
    """Those that --peers names, and ours."""
    if not options.peers:
        return commands
    return {name: words for name, words in commands.items()
            if name == OURS or any(each in name for each in options.peers)}


def target_of(targets, name):
    """Of the peer `name`, "" if none is set."""
    wanted = [ratio for end, ratio in targets.items()
              if name.endswith(end) or name.startswith(f"{end}:")]
    return f"{wanted[0]:.2f}" if wanted else ""


def table(results, targets):
    """Lines of Markdown."""
    def row(cells):
        return "| " + " | ".join(cells) + " |"

    def megabytes(octets):
        return f"{octets / 1e6:,.1f}" if octets else ""

    lines = [row(["command", "seconds", f"{OURS} ÷ it", "target",
                  "CPU seconds, client + server", f"{OURS} ÷ it", "peak MiB",
                  "archive MB", f"{OURS} ÷ it"]), row(["---"] * 9)]
    ours = results[OURS]
    for name, runs in results.items():
        octets = runs[-1].octets
        client, server = (statistics.median(
            getattr(run, field) for run in runs)
            for field in ["cpu_seconds", "server_cpu_seconds"])
        lines.append(row([
            name, measure.spread([run.seconds for run in runs]),
            measure.spread(measure.ratios(ours, runs)),
            target_of(targets, name), f"{client:.2f} + {server:.2f}",
            measure.spread(measure.ratios(ours, runs, "all_cpu_seconds")),
            f"{max(run.peak_bytes for run in runs) / 2**20:.0f}",
            megabytes(octets),
            f"{ours[-1].octets / octets:.2f}" if octets else ""]))
    return lines


def machine():
    model = re.search(r"model name\s*: (.*)",
                      pathlib.Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (f"{os.cpu_count()} processors "
            f"({model.group(1) if model else platform.machine()}), "
            f"{memory / 2**30:.0f} GiB, Linux {platform.release()}, load "
            f"{os.getloadavg()[0]:.1f}")


def server_bindir(version):
    """Of a server that is installed first, if it is not there."""
    script = SCRIPTS / "servers.sh"
    subprocess.run([script, "install", str(version)], check=True)
    return output_of([script, "bindir", str(version)])


def server_version():
    return output_of(["psql", "-AtXc", "SHOW server_version", "-d",
                      "postgres"]).split()[0]


def versions(options):
    commit = output_of(["git", "-C", str(measure.ROOT), "describe", "--always",
                        "--dirty"])
    return ", ".join(
        [f"server {server_version()}", f"{measure.version_of(options.pgbale)} ({commit})",
         *(measure.version_of(folder / "pg_dump")
           for folder in options.programs.values())])


def write(key, text):
    """Replaces what stands in the document under that key, or appends it."""
    begin, end = f"<!-- {key} -->\n", f"<!-- end of {key} -->\n"
    document = DOCUMENT.read_text()
    head, found, rest = document.partition(begin)
    if found:
        rest = rest.partition(end)[2]
    else:
        head, rest = f"{document}\n", ""
    DOCUMENT.write_text(f"{head}{begin}{text}\n{end}{rest}")


def database_octets(name):
    return int(output_of(["psql", "-AtXc", f"SELECT pg_database_size('{name}')",
                          "-d", "postgres"]))


def report(options, name, phase, results, load):
    words = f"bench/compare.py --server {options.server} --sets {name} " \
        f"--phases {phase} --scale {options.scale:g} --runs {options.runs}"
    targets = getattr(SETS[name], f"{phase}_targets")
    text = "\n".join([
        f"### {name}, {phase}", "",
        f"`{words}`: a database of {database_octets(name) / 1e9:.2f} GB; "
        f"{load}; {options.about}; -j {options.jobs}; archives in "
        f"{options.folder}, the server's data in {options.data}. Medians "
        "(lowest – highest).", "", *table(results, targets), ""])
    print(text, flush=True)
    if options.write:
        write(f"{name}, {phase}", text)


def exists(database):
    return output_of(["psql", "-AtXd", "postgres", "-c", "SELECT 1 FROM "
                      f"pg_database WHERE datname = '{database}'"]) == "1"


def fill(name, scale):
    """Makes the database of a set, unless it is there."""
    each = SETS[name]
    if exists(name):
        return
    size.fill(name, max(1, round(each.scale * scale)), each.parts)
    # Otherwise the first to read a row would write that it is visible.
    size.psql(name, "VACUUM ANALYZE;CHECKPOINT;")


def bench(options, name, folder, server):
    fill(name, options.scale)
    for phase in options.phases:
        load = machine()
        results = PHASES[phase](options, name, folder, server)
        report(options, name, phase, results, load)
    if not options.keep:
        size.psql("postgres", f"DROP DATABASE {name};")


def archive_folder():
    """In memory, if there is room for all archives of a set: pg_dump -Fd makes
    a file of each large object, and how long the disk takes for a million of
    them says nothing of a dump."""
    shared = pathlib.Path("/dev/shm")
    if shared.is_dir() and shutil.disk_usage(shared).free >= 8 << 30:
        return str(shared)
    return tempfile.gettempdir()


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--phases", nargs="+", choices=PHASES,
                        default=list(PHASES))
    parser.add_argument("--peers", nargs="+", metavar="PART",
                        help="only those with such a part in their names")
    parser.add_argument("--scale", type=float, default=1,
                        help="1: mixed and giant take 2 GB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--server", type=int, default=17,
                        help="version that scripts/servers.sh installs")
    parser.add_argument("--pgbale", default=measure.ROOT
                        / "build/release/pgbale")
    parser.add_argument("--bindirs", nargs="+",
                        help="of pg_dump and pg_restore, in place of all that "
                        "are found")
    parser.add_argument("--folder", default=archive_folder(),
                        help="for archives (default: %(default)s)")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR",
                        help="leave the server and its sets running in DIR, "
                        "and use those that an earlier run has left there")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def main():
    options = parse_arguments()
    # Stopped, it must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    bindir = server_bindir(options.server)
    options.programs = find_programs(options)
    with tempfile.TemporaryDirectory(prefix="pgbale.",
                                     dir=options.folder) as name:
        folder = pathlib.Path(name)
        with measure.private_server(options.keep or folder / "server", bindir,
                                    SETTINGS, options.keep) as values:
            options.about = versions(options)
            options.data = pathlib.Path(values["PGDATA"]).parent.parent
            server = measure.Server(values["PID"])
            print(f"Settings of the server: {', '.join(SETTINGS)}.\n")
            for each in options.sets:
                bench(options, each, folder, server)


if __name__ == "__main__":
    main()
