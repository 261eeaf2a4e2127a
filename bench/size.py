#!/usr/bin/env python3
"""How large an archive is, beside those of pg_dump.

Fills a database with each set of bench/sets and one with the data of Debian's
packages (scripts/demo-data.sh), dumps each with pgbale, with
`pg_dump -Fd --compress=zstd:1` and with `pg_dump -Fc` (gzip), and prints their
octets and the ratios. What comes out is the same on every machine, but for
the packages.

  bench/size.py --pg-dump build/postgres/tools-18/bin/pg_dump
  bench/size.py --scale 10 --sets tpch series --levels 1 3 9
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

import measure

SETS = measure.ROOT / "bench" / "sets"
NAMES = ["tpch", "series", "events", "vectors", "keys", "articles", "files"]
DEBIAN = "packages"
SCALE_PACKAGES = 1000  # of Debian's 60 000, for each unit of --scale


def psql(database, script, *words):
    subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database,
                    *words], input=script, text=True, check=True,
                   stdout=subprocess.DEVNULL)


def fill(name, scale, parts=None):
    """Database `name` with the set of that name, or with those of `parts`."""
    if name == DEBIAN:
        subprocess.run([measure.ROOT / "scripts/demo-data.sh", "--database",
                        name, "--packages", str(SCALE_PACKAGES * scale)],
                       check=True, stdout=subprocess.DEVNULL)
        return
    psql("postgres", f"CREATE DATABASE {name} TEMPLATE template0;")
    psql(name, (SETS / "functions.sql").read_text())
    for part in parts or [name]:
        psql(name, "SELECT setseed(0.5);" + (SETS / f"{part}.sql").read_text(),
             "-v", f"scale={scale}", "--single-transaction")


def octets_of(path):
    """Of a file, or of all files in a folder: there may be a million, and
    what this program takes for a list of them, its commands seem to take."""
    if not path.is_dir():
        return path.stat().st_size
    with os.scandir(path) as files:
        return sum(octets_of(pathlib.Path(file)) for file in files)


def remove(path):
    """A file or a folder, which need not be there."""
    subprocess.run(["rm", "-rf", path], check=True)


def dump(words, path):
    subprocess.run([*words, "-f", path], check=True)
    octets = octets_of(path)
    remove(path)
    return octets


def columns(options):
    """What is measured: {title: command}. The first is what others are
    compared with."""
    ours = {f"pgbale -Z {level}": [options.pgbale, "dump", "-Z", level]
            for level in options.levels}
    return ours | {
        "-Fd zstd:1": [options.pg_dump, "-Fd", "--compress=zstd:1"],
        "-Fc gzip": [options.pg_dump, "-Fc"],
    }


def row(cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def figures(name, sizes):
    """A row: octets of each, and the ratios of the first to the last two."""
    ours, directory, custom = sizes[0], sizes[-2], sizes[-1]
    row([name, *(f"{size:,}" for size in sizes), f"{ours / directory:.2f}",
         f"{ours / custom:.2f}"])


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=4,
                        help="1 is about 40 MB of text in all")
    parser.add_argument("--sets", nargs="+", default=[*NAMES, DEBIAN])
    parser.add_argument("--levels", nargs="+", default=["1"])
    parser.add_argument("--pgbale", default=measure.ROOT
                        / "build/release/pgbale")
    parser.add_argument("--pg-dump", default=measure.ROOT
                        / "build/postgres/tools-18/bin/pg_dump",
                        help="of version 16 or newer")
    parser.add_argument("--bindir", help="of the server's programs")
    return parser.parse_args()


def main():
    options = parse_arguments()
    commands = columns(options)
    with tempfile.TemporaryDirectory(prefix="pgbale.") as folder:
        folder = pathlib.Path(folder)
        with measure.private_server(folder / "server", options.bindir):
            print(f"{measure.version_of(options.pgbale)}, "
                  f"{measure.version_of(options.pg_dump)}, "
                  f"scale {options.scale}\n")
            titles = list(commands)
            row(["set", *titles, f"{titles[0]} ÷ zstd:1",
                 f"{titles[0]} ÷ gzip"])
            row(["---"] * (len(titles) + 3))
            total = [0] * len(titles)
            for name in options.sets:
                fill(name, options.scale)
                sizes = [dump([*words, "-d", name], folder / "dump")
                         for words in commands.values()]
                figures(name, sizes)
                total = [a + b for a, b in zip(total, sizes)]
            figures("all", total)


if __name__ == "__main__":
    main()
