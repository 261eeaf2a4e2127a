#!/usr/bin/env python3
"""How long it takes to read a large schema, beside pg_dump.

Makes a database of N tables, each with an identity column, a check, a
default, a foreign key, an index, a view and a function; runs
`pgbale dump --schema-only` and `pg_dump --schema-only` on it in turns; prints
the ratio of their times, and time and memory for each N, which should grow as
N does.

  bench/catalog.py --tables 10000
  bench/catalog.py --tables 1000 10000 100000 --runs 5 --pg-dump PATH
"""

import argparse
import pathlib
import shutil
import statistics
import subprocess
import tempfile

import measure

# What an application's table has, by its number; the foreign key goes to the
# table before, so that the schema has an order to be found.
TABLE = """
CREATE TABLE app.t{n} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  previous_id bigint{references},
  name text NOT NULL DEFAULT 'unnamed',
  amount numeric(12,2) CHECK (amount >= 0),
  at timestamptz NOT NULL DEFAULT now());
CREATE INDEX t{n}_at ON app.t{n} (at, name);
CREATE VIEW app.v{n} AS SELECT id, upper(name) AS name, amount
  FROM app.t{n} WHERE amount > 0;
CREATE FUNCTION app.f{n}(wanted bigint) RETURNS text LANGUAGE sql STABLE
  AS 'SELECT name FROM app.t{n} WHERE id = wanted';
"""
TABLES_A_TRANSACTION = 500


def psql(database, script):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", database],
                   input=script, text=True, check=True)


def table_sql(number):
    references = f" REFERENCES app.t{number - 1}" if number > 1 else ""
    return TABLE.format(n=number, references=references)


def fill(database, tables):
    psql("postgres", f"CREATE DATABASE {database} TEMPLATE template0;")
    psql(database, "CREATE SCHEMA app;")
    for first in range(1, tables + 1, TABLES_A_TRANSACTION):
        last = min(first + TABLES_A_TRANSACTION - 1, tables)
        psql(database, "BEGIN; SET client_min_messages = warning;"
             + "".join(table_sql(n) for n in range(first, last + 1))
             + "COMMIT;")
    psql(database, "VACUUM ANALYZE;")


def commands(options, database, folder):
    return {
        "pgbale": [options.pgbale, "dump", "--schema-only", "-j",
                   options.jobs, "-d", database, "-f",
                   folder / "schema.bale"],
        "pg_dump": [options.pg_dump, "--schema-only", "-d", database, "-f",
                    folder / "schema.sql"],
    }


def bench(options, tables, folder):
    """Measures one size and prints its row."""
    database = f"tables_{tables}"
    fill(database, tables)
    bale = folder / "schema.bale"
    results = measure.interleave(
        commands(options, database, folder), options.runs,
        lambda name: bale.unlink(missing_ok=True))
    ours, theirs = results["pgbale"], results["pg_dump"]
    seconds = statistics.median(run.seconds for run in ours)
    peak = max(run.peak_bytes for run in ours)
    print("| {:,} | {} | {:.2f} | {:.2f} | {:.0f} | {:.0f} | {:.1f} |".format(
        tables, measure.spread(measure.ratios(ours, theirs)), seconds,
        statistics.median(run.seconds for run in theirs),
        1e6 * seconds / tables, peak / 2**20, peak / tables / 1024),
          flush=True)
    psql("postgres", f"DROP DATABASE {database};")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, nargs="+", default=[10000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--pgbale", default=measure.ROOT
                        / "build/release/pgbale")
    parser.add_argument("--pg-dump", default=shutil.which("pg_dump"))
    parser.add_argument("--bindir", help="of the server's programs")
    return parser.parse_args()


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="pgbale.") as name:
        folder = pathlib.Path(name)
        locks = f"max_locks_per_transaction={max(options.tables) // 16 + 256}"
        with measure.private_server(folder / "server", options.bindir,
                                    [locks]):
            server = subprocess.run(
                ["psql", "-AtXc", "SHOW server_version", "-d", "postgres"],
                check=True, capture_output=True, text=True).stdout.strip()
            print(f"server {server}, {measure.version_of(options.pg_dump)}, "
                  f"{measure.version_of(options.pgbale)} -j {options.jobs}, "
                  f"{options.runs} runs each in turns\n")
            print("| tables | time, pgbale ÷ pg_dump | pgbale s | pg_dump s "
                  "| µs a table | peak MiB | KiB a table |")
            print("|---|---|---|---|---|---|---|")
            for tables in options.tables:
                bench(options, tables, folder)


if __name__ == "__main__":
    main()
