#!/usr/bin/env python3
"""How fast chunks are encoded, compressed and decoded, on one core.

Fills a database with the sets of bench/sets, copies each table to a file, and
runs the micro-benchmarks on them:

  cmake --build --preset release --target benchmarks
  bench/encode.py --sets tpch series -- --benchmark_repetitions=5

What stands behind -- goes to the benchmarks (--benchmark_filter=Table).
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

import measure
import size


def query(database, sql):
    return subprocess.run(["psql", "-AtX", "-v", "ON_ERROR_STOP=1", "-d",
                           database, "-c", sql], check=True,
                          capture_output=True).stdout


def width(typlen):
    return max(int(typlen), 0)


def export(database, folder):
    """NAME.copy, NAME.text and NAME.shape of each table;
    bench/table_benchmark.cc reads them."""
    tables = query(database, "SELECT relname FROM pg_class WHERE relkind = 'r'"
                   " AND relnamespace = 'public'::regnamespace")
    for table in tables.decode().split():
        rows = query(database, f"COPY {table} TO STDOUT (FORMAT binary)")
        (folder / f"{table}.copy").write_bytes(rows)
        text = query(database, f"COPY {table} TO STDOUT")
        (folder / f"{table}.text").write_bytes(text)
        columns = query(database, "SELECT attlen, atttypid::oid FROM "
                        f"pg_attribute WHERE attrelid = '{table}'::regclass "
                        "AND attnum > 0 ORDER BY attnum").decode().split()
        shapes = (each.split("|") for each in columns)
        (folder / f"{table}.shape").write_text(f"{len(text)}\n" + "".join(
            f"{width(length)} {oid}\n" for length, oid in shapes))


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--sets", nargs="+", default=size.NAMES)
    parser.add_argument("--tables", type=pathlib.Path,
                        help="keep the files in this folder, or use those "
                        "that are there")
    parser.add_argument("--benchmarks", default=measure.ROOT
                        / "build/release/bench/benchmarks")
    parser.add_argument("--bindir", help="of the server's programs")
    parser.add_argument("rest", nargs="*", metavar="-- OPTION")
    return parser.parse_args()


def make_tables(options, folder):
    with tempfile.TemporaryDirectory(prefix="pgbale.") as server:
        with measure.private_server(pathlib.Path(server) / "server",
                                    options.bindir):
            for name in options.sets:
                size.fill(name, options.scale)
                export(name, folder)


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="pgbale.") as temporary:
        folder = options.tables or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        if not list(folder.glob("*.copy")):
            make_tables(options, folder)
        subprocess.run([options.benchmarks, *options.rest], check=True,
                       env=os.environ | {"PGBALE_BENCH_TABLES": str(folder)})


if __name__ == "__main__":
    main()
