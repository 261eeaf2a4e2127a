#!/usr/bin/env python3
"""The floor under every dump: the server reads all tables and writes nothing.

Runs COPY ... TO '/dev/null' for every table of a database, the largest first,
in several sessions, each of which takes the next table when it is free. The
server opens the file itself, so that no row crosses a socket.

  bench/floor.py -d DATABASE --jobs 2
"""

import argparse
import concurrent.futures
import queue
import subprocess

# A table by its columns, as a dump reads it; large objects by their pages.
STATEMENTS = """
SELECT 'COPY ' || what || ' TO ''/dev/null''' FROM (
  SELECT c.oid::regclass::text AS what, pg_table_size(c.oid) AS octets
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%'
      AND nspname <> 'information_schema'
  UNION ALL SELECT '(SELECT loid, pageno, data FROM pg_largeobject)',
    pg_table_size('pg_largeobject')) AS tables ORDER BY octets DESC;
"""
PSQL = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d"]


def session(database, statements, options):
    """Runs statements until none is left; raises if one fails."""
    with subprocess.Popen([*PSQL, database], text=True, bufsize=1,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        while True:
            try:
                statement = statements.get_nowait()
            except queue.Empty:
                return
            process.stdin.write(f"{statement}{options};\n\\echo done\n")
            if process.stdout.readline() != "done\n":
                raise RuntimeError(f"failed: {statement}{options}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-d", "--dbname", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--binary", action="store_true")
    arguments = parser.parse_args()
    statements = queue.Queue()
    lines = subprocess.run([*PSQL, arguments.dbname, "-c", STATEMENTS],
                           check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        statements.put(line)
    options = " (FORMAT binary)" if arguments.binary else ""
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for each in [pool.submit(session, arguments.dbname, statements, options)
                     for _ in range(arguments.jobs)]:
            each.result()


if __name__ == "__main__":
    main()
