#!/usr/bin/env python3
"""Prints how long functions and files are, and fails where a limit is broken.

Usage: function-sizes.py [FLOOR...]

Reads the .cc and .h files of the floors (default: all). A function counts from
its first line to its closing brace, as clang-format lays it out: its body
opens at the end of a line and closes at the indentation that it began with.
"""

import pathlib
import re
import sys

FLOORS = ["base", "format", "catalog", "restore", "engine"]
MEDIAN_MAX, P90_MAX, FUNCTION_MAX, FILE_MAX = 10, 35, 70, 800

# Not functions: types, namespaces, initialisers, control flow.
OTHER = re.compile(
    r"^\s*(}|(typedef |static |inline )?(struct|class|enum|union|namespace)\b"
    r"|extern |if\b|for\b|while\b|switch\b|do\b|else\b|case\b|default\b"
    r"|return\b|public:|private:|protected:|//|#)")

def indent(line):
    return len(line) - len(line.lstrip())


def start_of(lines, end):
    """The line where the declaration that opens its body at `end` begins."""
    first = end
    while first > 0:
        before = lines[first - 1].strip()
        if (not before or before.endswith((";", "}", "{", ":"))
                or before.startswith(("//", "#"))):
            break
        first -= 1
    return first


def functions(path):
    lines = path.read_text().splitlines()
    row = 0
    while row < len(lines):
        if not lines[row].endswith("{"):
            row += 1
            continue
        first = start_of(lines, row)
        head = " ".join(line.strip() for line in lines[first:row + 1])
        if OTHER.match(head) or "(" not in head or " = " in head.split("(")[0]:
            row += 1
            continue
        margin = indent(lines[first])
        last = row + 1
        while last < len(lines) and not (
                lines[last].strip().startswith("}")
                and indent(lines[last]) <= margin):
            last += 1
        yield last - first + 1, f"{path}:{first + 1}"
        row = last + 1


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def main(floors):
    files = [path for floor in floors
             for path in sorted(pathlib.Path(floor).rglob("*"))
             if path.suffix in (".cc", ".h")]
    found = sorted(item for path in files for item in functions(path))
    sizes = [size for size, _ in found]
    lengths = sorted((len(path.read_text().splitlines()), str(path))
                     for path in files)
    file_sizes = [size for size, _ in lengths]
    median, p90 = percentile(sizes, 0.5), percentile(sizes, 0.9)
    print(f"functions: {len(sizes)}, median {median}, 90th percentile {p90}, "
          f"largest {found[-1][0]} ({found[-1][1]})")
    print(f"files: {len(files)}, median {percentile(file_sizes, 0.5)}, "
          f"90th percentile {percentile(file_sizes, 0.9)}, "
          f"largest {lengths[-1][0]} ({lengths[-1][1]})")
    for size, place in reversed(found[-5:]):
        print(f"  {size:4} {place}")
    ok = (median <= MEDIAN_MAX and p90 <= P90_MAX
          and sizes[-1] <= FUNCTION_MAX and file_sizes[-1] <= FILE_MAX)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or FLOORS))
