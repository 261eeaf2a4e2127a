#!/usr/bin/env python3
"""What becomes of an archive of which one bit is wrong.

Fills a small database, dumps it with pgbale and in pg_dump's custom format,
flips one bit of an archive at a time, anywhere, restores it, and compares what
is there with the source: rows, columns and indexes. A flip is noticed if the
restore fails or warns. Prints a table for docs/integrity.md.

  bench/flips.py --compress 6 0
  bench/flips.py --pg-dump build/postgres/tools-18/bin/pg_dump \\
    --compress zstd:3 lz4:1 gzip:6 none

Needs a server (PGHOST, PGPORT, PGUSER) of the version of that pg_dump, on
which databases can be made: pg_restore sets what older servers do not know.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import random
import subprocess
import tempfile

import measure

SOURCE = """
CREATE TABLE orders (id integer PRIMARY KEY, customer integer, total numeric,
  placed timestamptz, note text);
CREATE INDEX ON orders (customer);
CREATE TABLE events (at timestamptz, kind text, body jsonb);
CREATE TABLE files (name text, digest bytea, tag uuid);
INSERT INTO orders SELECT i, i * 7919 % 1000, (i * 31 % 100000) / 100.0,
  timestamptz '2024-01-01 UTC' + i * interval '97 s', md5(i::text)
  FROM generate_series(1, 4000) i;
INSERT INTO events SELECT timestamptz '2024-01-01 UTC' + i * interval '3 s',
  'kind ' || i % 7, jsonb_build_object('id', i, 'user', md5((i % 99)::text))
  FROM generate_series(1, 4000) i;
INSERT INTO files SELECT 'file ' || i, sha256(i::text::bytea), md5(i::text)::uuid
  FROM generate_series(1, 4000) i;
"""

# What is in a database, in one line: rows, columns and indexes.
CONTENT = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT attrelid::regclass || ' ' || attname || ' ' ||
         format_type(atttypid, atttypmod) AS line
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT table_name || ' ' || query_to_xml(
      'SELECT count(*), sum(hashtextextended((r.*)::text, 0)) FROM public.' ||
      quote_ident(table_name) || ' r', false, false, '')::text
    FROM information_schema.tables WHERE table_schema = 'public') lines;
"""

NOTICED, DIFFERENT, SAME = "noticed", "silently different", "the same"


def run(words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True,
                          text=True, errors="replace", **options)


def psql(database, sql):
    result = run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database],
                 input=sql)
    if result.returncode != 0:
        raise SystemExit(result.stderr)
    return result.stdout.strip()


class Kind:
    """One way to dump, and the commands that take what it made."""

    def __init__(self, name, dump, restore, verify=None):
        self.name = name
        self.dump = dump
        self.restore = restore
        self.verify = verify


def kinds_of(arguments):
    def custom(program, compression):
        restore = pathlib.Path(program).with_name("pg_restore")
        version = run([program, "--version"]).stdout.split()[2]
        return Kind(f"pg_dump {version} -Fc -Z {compression}",
                    [program, "-Fc", "-Z", compression],
                    [restore, "--single-transaction"])

    pgbale = measure.ROOT / "build/release/pgbale"
    kinds = [Kind("pgbale", [pgbale, "dump"], [pgbale, "restore"],
                  [pgbale, "verify"])]
    kinds += [custom(arguments.pg_dump, compression)
              for compression in arguments.compress]
    return kinds


def flip(octets, bit):
    changed = bytearray(octets)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def restore(kind, path, target, content):
    """The outcome, and the exit code of verify."""
    psql(target, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    result = run([*kind.restore, "-d", target, path])
    verified = run([*kind.verify, path]).returncode if kind.verify else None
    # pgbale has a closing summary on standard error.
    quiet = kind.verify or not result.stderr
    if result.returncode != 0 or not quiet:
        return NOTICED, verified
    same = psql(target, CONTENT) == content
    return SAME if same else DIFFERENT, verified


def flip_all(kind, folder, source, targets, flips, seed):
    """How often each outcome came, and each exit code of verify."""
    archive = folder / "whole"
    made = run([*kind.dump, "-f", archive, "-d", source])
    if made.returncode != 0:
        raise SystemExit(f"{kind.name}: {made.stderr}")
    octets = archive.read_bytes()
    archive.unlink()
    content = psql(source, CONTENT)
    bits = random.Random(seed).sample(range(8 * len(octets)), flips)

    def share(number):
        path = folder / f"flipped{number}"
        path.write_bytes(octets)
        if restore(kind, path, targets[number], content)[0] != SAME:
            raise SystemExit(f"{kind.name}: not restored though whole")
        outcomes = []
        for bit in bits[number::len(targets)]:
            path.write_bytes(flip(octets, bit))
            outcomes.append(restore(kind, path, targets[number], content))
        return outcomes

    with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
        outcomes = sum(pool.map(share, range(len(targets))), [])
    return (len(octets), collections.Counter(o for o, _ in outcomes),
            collections.Counter(v for _, v in outcomes if v is not None))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pg-dump",
                        default="/usr/lib/postgresql/15/bin/pg_dump")
    parser.add_argument("--compress", nargs="*", default=["6", "0"])
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    source = "flips_source"
    targets = [f"flips_target{number}" for number in range(arguments.jobs)]
    for name in [source, *targets]:
        psql("postgres", f"DROP DATABASE IF EXISTS {name};")
        psql("postgres", f"CREATE DATABASE {name} TEMPLATE template0;")
    psql(source, SOURCE)
    print("| archive | octets | flips | noticed by the restore | "
          "silently different | the same | verify |")
    print("|---|---|---|---|---|---|---|")
    for kind in kinds_of(arguments):
        with tempfile.TemporaryDirectory() as folder:
            octets, outcomes, codes = flip_all(
                kind, pathlib.Path(folder), source, targets, arguments.flips,
                arguments.seed)
        verified = ", ".join(f"{code}: {count}"
                             for code, count in sorted(codes.items()))
        print(f"| {kind.name} | {octets} | {arguments.flips} | "
              f"{outcomes[NOTICED]} | {outcomes[DIFFERENT]} | "
              f"{outcomes[SAME]} | {verified or 'has none'} |", flush=True)
    for name in [source, *targets]:
        psql("postgres", f"DROP DATABASE {name};")


if __name__ == "__main__":
    main()
