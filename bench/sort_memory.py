#!/usr/bin/env python3
"""What B-trees cost a server by the memory and the workers that it may use.

Builds indexes of the set `mixed` with each amount of maintenance_work_mem, in
turns, and prints seconds and the server's seconds of processor: medians.
restore/maintenance.cc chooses by them.

  bench/sort_memory.py
  bench/sort_memory.py --keep build/compare --runs 3
"""

import argparse
import pathlib
import statistics
import tempfile

import compare
import measure

DATABASE = "mixed"
INDEXES = {
    "series (host, at): 50 texts, times": "series (host, at)",
    "lineitem (l_shipdate)": "lineitem (l_shipdate)",
    "lineitem (l_orderkey, l_linenumber): in order":
        "lineitem (l_orderkey, l_linenumber)",
    "keys (id): uuids": "keys (id)",
}
WAYS = [(0, "4MB"), (0, "16MB"), (0, "64MB"), (0, "256MB"), (0, "1GB"),
        (1, "64MB"), (1, "256MB"), (1, "1GB")]


def commands(columns):
    """{(workers, memory): words}"""
    return {
        (workers, memory): [
            "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", DATABASE,
            "-c", f"SET max_parallel_maintenance_workers = {workers}",
            "-c", f"SET maintenance_work_mem = '{memory}'",
            "-c", f"CREATE INDEX measured ON {columns}",
            "-c", "DROP INDEX measured"]
        for workers, memory in WAYS}


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def print_table(runs, server):
    print("| index | " + " | ".join(
        f"{memory}, {workers} workers" for workers, memory in WAYS) + " |")
    print("| --- |" + " --- |" * len(WAYS))
    for name, columns in INDEXES.items():
        results = measure.interleave(commands(columns), runs,
                                     server=server)
        cells = [f"{median(results[way], 'seconds'):.2f} "
                 f"({median(results[way], 'server_cpu_seconds'):.2f})"
                 for way in WAYS]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--server", type=int, default=17)
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path,
                        help="as that of compare.py")
    options = parser.parse_args()
    bindir = compare.server_bindir(options.server)
    with tempfile.TemporaryDirectory(prefix="pgbale.") as name:
        folder = options.keep or pathlib.Path(name) / "server"
        with measure.private_server(folder, bindir, compare.SETTINGS,
                                    options.keep) as values:
            compare.fill(DATABASE, options.scale)
            print_table(options.runs, measure.Server(values["PID"]))


if __name__ == "__main__":
    main()
