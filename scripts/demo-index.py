#!/usr/bin/env python3
"""Turns Debian's package index into COPY statements for demo-schema.sql.

usage: apt-cache dumpavail | demo-index.py [--packages N] [--files N] | psql

--packages N  only N packages, taken evenly from the whole index
--files N     as many files of /usr/share/doc for large objects
"""

import argparse
import datetime
import json
import os
import re
import sys

RELATIONS = ("Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances",
             "Breaks", "Conflicts", "Replaces", "Provides")
# Fields with a column (or table) of their own; the others go to a jsonb.
KNOWN = frozenset(RELATIONS) | {
    "Package", "Version", "Architecture", "Section", "Source", "Maintainer",
    "Priority", "Multi-Arch", "Essential", "Size", "Installed-Size",
    "Description", "Homepage", "Filename", "Description-md5", "MD5sum",
    "SHA256", "Tag"}
# name[:architecture] [(operator version)], as in Debian policy 7.1
TARGET = re.compile(
    r"(?P<name>[^\s:(]+)(?::\S+)?(?:\s*\((?P<op>[<>=]+)\s*(?P<bound>[^)]+)\))?")
ESCAPES = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def stanzas(lines):
    """Yields each package as a dict; continued lines are joined."""
    fields, key = {}, None
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if fields:
                yield fields
            fields, key = {}, None
        elif line[0] in " \t":
            fields[key] += "\n" + line.strip()
        else:
            key, _, value = line.partition(":")
            fields[key] = value.strip()
    if fields:
        yield fields


def listed_once(packages):
    """Drops what is installed but in no index, and repetitions."""
    seen = set()
    for package in packages:
        key = (package["Package"], package["Version"],
               package["Architecture"])
        if "Filename" in package and key not in seen:
            seen.add(key)
            yield package


def evenly(items, count):
    """As many items as asked for, from the whole of the list."""
    if count is None or count >= len(items):
        return items
    return [items[i * len(items) // count] for i in range(count)]


def text(value):
    """A value in COPY's text format."""
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        quoted = ('"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
                  for v in value)
        return ("{" + ",".join(quoted) + "}").translate(ESCAPES)
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).translate(ESCAPES)


def copy(out, table, columns, rows):
    """Writes one COPY statement with its rows."""
    out.write(f"COPY {table} ({columns}) FROM stdin;\n")
    for row in rows:
        out.write("\t".join(map(text, row)) + "\n")
    out.write("\\.\n")


class Numbers(dict):
    """Gives each new key the next number."""

    def __missing__(self, key):
        self[key] = len(self) + 1
        return self[key]


def split_maintainer(value):
    """'Name <mail>' to (name, mail); the mail may be missing."""
    name, _, mail = value.partition(" <")
    return name.strip('" '), mail.rstrip("> ") or None


def split_source(package):
    """'name (version)' to (name, version); the default is the package."""
    name, _, version = package.get("Source", package["Package"]).partition(" (")
    return name, version.rstrip(")") or None


def hash_bytes(package, field):
    return bytes.fromhex(package[field]) if field in package else None


def package_row(number, package, sections, sources, maintainers):
    installed = package.get("Installed-Size")
    tags = package.get("Tag", "").replace("\n", " ").split(",")
    return (
        number, package["Package"], package["Version"],
        package["Architecture"], sections[package["Section"]],
        sources[split_source(package)],
        maintainers[split_maintainer(package["Maintainer"])],
        package["Priority"], package.get("Multi-Arch", "no"),
        package.get("Essential") == "yes", int(package["Size"]),
        int(installed) * 1024 if installed else None, package["Description"],
        package.get("Homepage"), package["Filename"],
        hash_bytes(package, "Description-md5"), hash_bytes(package, "MD5sum"),
        hash_bytes(package, "SHA256"),
        [tag.strip() for tag in tags if tag.strip()],
        {k: v for k, v in package.items() if k not in KNOWN})


def relation_rows(packages, number_of):
    """One row for each alternative of each clause of each relation."""
    for number, package in enumerate(packages, 1):
        for kind in RELATIONS:
            clauses = package.get(kind, "").replace("\n", " ").split(",")
            for clause, choices in enumerate(clauses, 1):
                for choice, target in enumerate(choices.split("|"), 1):
                    match = TARGET.match(target.strip())
                    if match:
                        yield (kind.lower(), number, clause, choice,
                               match["name"], match["op"], match["bound"],
                               number_of.get(match["name"]))


def note_rows(packages):
    for number, package in enumerate(packages, 1):
        if "Built-Using" in package:
            yield number, "built using " + package["Built-Using"]


def security_rows(packages):
    """Packages of the security archive, with the version before, if any."""
    first = {}
    for package in packages:
        if not package["Filename"].startswith("pool/updates/"):
            first.setdefault(package["Package"], package["Version"])
    for number, package in enumerate(packages, 1):
        if package["Filename"].startswith("pool/updates/"):
            yield (number, "security update of " + split_source(package)[0],
                   first.get(package["Package"]))


def file_rows(count):
    """Files of /usr/share/doc: all that is small, in order of their names."""
    paths = []
    for folder, subfolders, names in os.walk("/usr/share/doc"):
        subfolders.sort()
        paths += (os.path.join(folder, name) for name in sorted(names)
                  if name == "copyright" or name.endswith(".gz"))
    paths = [path for path in paths if not os.path.islink(path)
             and 0 < os.path.getsize(path) < 4 << 20]
    for path in evenly(paths, count):
        status = os.stat(path)
        modified = datetime.datetime.fromtimestamp(
            int(status.st_mtime), datetime.timezone.utc)
        with open(path, "rb") as file:
            yield path, modified, status.st_mode & 0o7777, file.read()


def write_all(out, packages, files):
    sections, sources, maintainers = Numbers(), Numbers(), Numbers()
    rows = [package_row(number, package, sections, sources, maintainers)
            for number, package in enumerate(packages, 1)]
    number_of = {}
    for row in rows:
        number_of.setdefault(row[1], row[0])

    copy(out, "people.maintainer", "maintainer_id, name, email",
         ((number, *key) for key, number in maintainers.items()))
    copy(out, "archive.section", "section_id, name",
         ((number, key) for key, number in sections.items()))
    copy(out, "archive.source", "source_id, name, version",
         ((number, *key) for key, number in sources.items()))
    copy(out, "archive.package",
         "package_id, name, version, architecture, section_id, source_id,"
         " maintainer_id, priority, multi_arch, essential, size_bytes,"
         " installed_bytes, summary, homepage, filename, description_md5,"
         " md5, sha256, tags, other_fields", rows)
    copy(out, "archive.relation",
         "kind, package_id, clause, choice, target_name, operator, bound,"
         " target_id", relation_rows(packages, number_of))
    copy(out, "archive.note", "package_id, body", note_rows(packages))
    copy(out, "archive.security_note", "package_id, body, supersedes",
         security_rows(packages))
    out.write("CREATE TEMPORARY TABLE loaded_file (path text,"
              " modified timestamptz, mode text, content bytea);\n")
    copy(out, "pg_temp.loaded_file", "path, modified, mode, content",
         file_rows(files))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packages", type=int)
    parser.add_argument("--files", type=int, default=400)
    arguments = parser.parse_args()
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    packages = evenly(list(listed_once(stanzas(sys.stdin))),
                      arguments.packages)
    write_all(sys.stdout, packages, arguments.files)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit("demo-index.py: psql ended early")
