#!/usr/bin/env python3
"""What a value costs in the text and in the binary form of COPY, by type.

Fills a table of four columns of each type, reads it by COPY TO STDOUT and
writes it by COPY FROM STDIN in both forms, and counts the time that the
server's backend was on a processor; then lets the micro-benchmarks parse and
encode the same stream as a dump does. Of several runs the least counts; what a
table without columns costs is taken away. Prints nanoseconds a value.

  cmake --build --preset release --target benchmarks
  bench/wire_cost.py --server 18
  bench/wire_cost.py --server 18 --write
  bench/wire_cost.py --server 15 --types integer 'double precision'

--write makes engine/dump/wire_cost.cc, by which a dump chooses the form of each
table.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import tempfile
import typing

import compare
import measure
import size

TABLE = measure.ROOT / "engine/dump/wire_cost.cc"
COLUMNS = 4
DAYS = "(DATE '2000-01-01' + pick(12000))"
MICROSECONDS = "(pick(1000000000) * INTERVAL '86 us')"

# A type, and expressions for a value of it: of one length, or first of short
# and then of long values. `n` is the row's number.
SUBJECTS = {
    "boolean": ["pick(2) = 0"],
    "smallint": ["pick(30000)::int2"],
    "integer": ["pick(1000000)"],
    "bigint": ["pick(1000000000)::int8 * 1000 + 7"],
    "oid": ["pick(1000000)::oid"],
    "xid8": ["pick(1000000)::text::xid8"],
    "pg_lsn": ["'0/0'::pg_lsn + pick(1000000000)"],
    "real": ["random()::real"],
    "double precision": ["random()"],
    "numeric": ["(pick(10000000) / 100.0)::numeric(12,2)",
                "(random()::numeric * 1e20 + n) / 3"],
    "money": ["pick(1000000)::money"],
    "date": [DAYS],
    "time without time zone": [f"TIME '00:00' + {MICROSECONDS}"],
    "time with time zone": [f"TIMETZ '00:00+00' + {MICROSECONDS}"],
    "timestamp without time zone": [f"{DAYS} + {MICROSECONDS}"],
    "timestamp with time zone": [
        f"({DAYS} + {MICROSECONDS}) AT TIME ZONE 'UTC'"],
    "interval": [f"{MICROSECONDS} + pick(100) * INTERVAL '1 day'"],
    "uuid": ["md5(random()::text)::uuid"],
    "text": ["left(md5(random()::text), 8)",
             "repeat(md5(random()::text), 6)"],
    "character varying": ["left(md5(random()::text), 8)::varchar",
                          "repeat(md5(random()::text), 6)::varchar"],
    "character": ["left(md5(random()::text), 8)::char(8)",
                  "md5(random()::text)::char(192)"],
    "name": ["left(md5(random()::text), 8)::name"],
    "bytea": ["decode(left(md5(random()::text), 16), 'hex')",
              "decode(repeat(md5(random()::text), 12), 'hex')"],
    "json": ["format('{\"id\": %s}', pick(1000))::json",
             "format('{\"id\": %s, \"tags\": [\"a\", \"b\"], \"name\": \"%s\"}',"
             " pick(1000), repeat(md5(random()::text), 4))::json"],
    "jsonb": ["format('{\"id\": %s}', pick(1000))::jsonb",
              "format('{\"id\": %s, \"tags\": [\"a\", \"b\"], \"name\": \"%s\"}'"
              ", pick(1000), repeat(md5(random()::text), 4))::jsonb"],
    "inet": ["'10.0.0.0'::inet + pick(16000000)"],
    "cidr": ["set_masklen('10.0.0.0'::inet + pick(16000000), 32)::cidr"],
    "macaddr": ["left(md5(random()::text), 12)::macaddr"],
    "bit": ["pick(65536)::bit(16)"],
    "bit varying": ["pick(65536)::bit(16)::varbit"],
    "point": ["point(random(), random())"],
    "box": ["box(point(random(), random()), point(random(), random()))"],
    "tsvector": ["to_tsvector('simple', words(3))",
                 "to_tsvector('simple', words(30))"],
    "int4range": ["int4range(pick(1000), 1000 + pick(1000))"],
    "tstzrange": [f"tstzrange({DAYS}, NULL)"],
    "integer[]": ["array[pick(1000), pick(1000)]",
                  "array_fill(pick(1000000), array[64])"],
    "real[]": ["array[random()::real, random()::real]",
               "array_fill(random()::real, array[64])"],
    "double precision[]": ["array[random(), random()]",
                           "array_fill(random(), array[64])"],
    "text[]": ["array[md5(random()::text)]",
               "array_fill(left(md5(random()::text), 8), array[16])"],
}
NO_COLUMNS = "row"  # what a row costs, whatever its columns


class Cost(typing.NamedTuple):
    """Nanoseconds a value, but for `octets`: of a value in binary."""

    octets: float
    send_text: float
    send_binary: float
    store_text: float
    store_binary: float
    load_text: float
    load_binary: float


class Session:
    """A psql and its backend."""

    def __init__(self, database):
        self.process = subprocess.Popen(
            ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database],
            text=True, bufsize=1, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        backend = self.run("SELECT pg_backend_pid();")[0]
        self.schedule = pathlib.Path(f"/proc/{backend}/schedstat")
        self.run("SET client_min_messages = warning;"
                 + (size.SETS / "functions.sql").read_text())

    def run(self, script):
        """Lines of output."""
        self.process.stdin.write(f"{script}\n\\echo done\n")
        lines = []
        while (line := self.process.stdout.readline()) != "done\n":
            if not line:
                raise SystemExit("psql has ended: see above")
            lines.append(line.rstrip("\n"))
        return lines

    def busy(self):
        """Nanoseconds that the backend was on a processor."""
        return int(self.schedule.read_text().split()[0])

    def least(self, runs, script, before=""):
        """Nanoseconds of the cheapest run of `script`, `before` not counted."""
        found = []
        for _ in range(runs):
            self.run(before)
            start = self.busy()
            self.run(script)
            found.append(self.busy() - start)
        return min(found)


def columns_of(type_name, expression):
    """For CREATE TABLE, and for SELECT: evaluated anew for each value."""
    if type_name == NO_COLUMNS:
        return "", ""
    return (", ".join(f"v{i} {type_name}" for i in range(COLUMNS)),
            ", ".join([f"({expression})"] * COLUMNS))


def fill(session, type_name, expression, rows):
    declared, values = columns_of(type_name, expression)
    # character alone would mean one of them, and so would bit.
    if type_name in ("character", "bit"):
        length = expression.rpartition("(")[2]
        declared = declared.replace(type_name, f"{type_name}({length}")
    session.run(f"DROP TABLE IF EXISTS subject, copy; SELECT setseed(0.5);"
                f"CREATE UNLOGGED TABLE subject ({declared});"
                f"CREATE UNLOGGED TABLE copy ({declared});"
                f"INSERT INTO subject SELECT {values} "
                f"FROM generate_series(1, {rows}) AS n; VACUUM subject;")


def server_costs(session, options, folder):
    """Nanoseconds of COPY TO and FROM, in text and in binary; the streams are
    left in `folder`."""
    send, load = [], []
    for suffix, form in [("text", ""), ("copy", " (FORMAT binary)")]:
        path = folder / f"subject.{suffix}"
        copy = f"COPY subject TO STDOUT{form};\n"
        session.run(f"\\o {path}\n{copy}\\o")
        send.append(session.least(options.runs,
                                  f"\\o /dev/null\n{copy}\\o"))
        load.append(session.least(max(1, options.runs // 2),
                                  f"\\copy copy FROM '{path}'{form}",
                                  "TRUNCATE copy;"))
    return send, load


def client_costs(options, folder):
    """Nanoseconds in which the micro-benchmarks parse and encode a stream."""
    out = subprocess.run(
        [options.benchmarks, "--benchmark_format=json",
         "--benchmark_filter=^(Parse(Text)?Table/[a-z]+"
         "|Encode(Text)?Table/[a-z]+/1)$", "--benchmark_min_time=0.02",
         f"--benchmark_repetitions={options.runs}"],
        check=True, capture_output=True, text=True,
        env=os.environ | {"PGBALE_BENCH_TABLES": str(folder)}).stdout
    least = {}
    for each in json.loads(out)["benchmarks"]:
        if each["run_type"] == "iteration":
            name = each["run_name"].split("/")[0]
            least[name] = min(each["cpu_time"], least.get(name, float("inf")))
    return [least["ParseTextTable"] + least["EncodeTextTable"],
            least["ParseTable"] + least["EncodeTable"]]


def export_shape(session, folder):
    """What bench/table_benchmark.cc wants to know besides the streams."""
    text = (folder / "subject.text").stat().st_size
    shapes = session.run("SELECT CASE WHEN typname = 'name' THEN 0 ELSE "
                         "greatest(attlen, 0) END || ' ' || atttypid::int8 "
                         "FROM pg_attribute JOIN pg_type t ON t.oid = atttypid "
                         "WHERE attrelid = 'subject'::regclass AND attnum > 0 "
                         "ORDER BY attnum;")
    (folder / "subject.shape").write_text("\n".join([str(text), *shapes, ""]))


def cost_of(session, options, type_name, expression, base):
    """The Cost of a value; `base`: that of a row without columns."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        fill(session, type_name, expression, options.rows)
        send, load = server_costs(session, options, folder)
        export_shape(session, folder)
        store = client_costs(options, folder)
        octets = (folder / "subject.copy").stat().st_size
    if base is None:
        return Cost(0, *(ns / options.rows for ns in send + store + load))
    return Cost((octets / options.rows - 2) / COLUMNS - 4,
                *(max(0, ns / options.rows - row) / COLUMNS
                  for ns, row in zip(send + store + load, base[1:])))


def measure_all(options):
    """[(type, oid, Cost)], first what a row costs."""
    subjects = {name: SUBJECTS[name] for name in options.types or SUBJECTS}
    size.psql("postgres", "CREATE DATABASE costs TEMPLATE template0;")
    session = Session("costs")
    base = cost_of(session, options, NO_COLUMNS, None, None)
    found = [(NO_COLUMNS, 0, base)]
    show(found[0])
    for name, expressions in subjects.items():
        oid = session.run(f"SELECT '{name}'::regtype::oid;")[0]
        for expression in expressions:
            found.append((name, int(oid), cost_of(session, options, name,
                                                  expression, base)))
            show(found[-1])
    return found


def show(line):
    name, _, cost = line
    print(f"| {name} | " + " | ".join(f"{ns:.1f}" for ns in cost)
          + f" | {cost.send_text / max(cost.send_binary, 0.1):.2f}"
          f" | {cost.load_text / max(cost.load_binary, 0.1):.2f} |",
          flush=True)


def write(found, about):
    """The table as C++."""
    rows = "\n".join(
        f'    {{{oid}, "{name}", '
        + ", ".join(f"{ns:.1f}" for ns in cost[:5]) + "},"
        for name, oid, cost in found)
    TABLE.write_text(f"""\
// Made by bench/wire_cost.py --write; do not edit.
// {about}

#include "engine/dump/wire_cost.h"

namespace pgbale {{
namespace {{

constexpr WireCost kWireCosts[] = {{
    // type, octets, server: text, binary, client: text, binary
{rows}
}};

}}  // namespace

absl::Span<const WireCost> WireCosts() {{ return kWireCosts; }}

}}  // namespace pgbale
""")
    subprocess.run(["clang-format", "-i", TABLE], check=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=int, default=18,
                        help="version that scripts/servers.sh installs")
    parser.add_argument("--types", nargs="+", choices=SUBJECTS)
    parser.add_argument("--rows", type=int, default=250000,
                        help=f"of {COLUMNS} values each")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--benchmarks", default=measure.ROOT
                        / "build/release/bench/benchmarks")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write and options.types:
        parser.error("--write needs all types")
    return options


def main():
    options = parse_arguments()
    bindir = compare.server_bindir(options.server)
    with tempfile.TemporaryDirectory(prefix="pgbale.") as name:
        with measure.private_server(pathlib.Path(name) / "server", bindir,
                                    ["shared_buffers=1GB", "autovacuum=off"]):
            about = (f"server {compare.server_version()}, {compare.machine()}, "
                     f"{options.rows * COLUMNS} values, {options.runs} runs, "
                     f"{datetime.date.today()}")
            print(f"{about}; nanoseconds a value\n")
            print("| type | octets | COPY TO text | binary | parse and encode "
                  "text | binary | COPY FROM text | binary | TO, text ÷ binary "
                  "| FROM, text ÷ binary |\n" + "|---" * 10 + "|")
            found = measure_all(options)
    if options.write:
        write(found, about)


if __name__ == "__main__":
    main()
