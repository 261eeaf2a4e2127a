#!/usr/bin/env python3
"""Counts the results of ctest runs, given as the files of --output-junit.

usage: count-tests.py FILE... [--passed N] [--failed N]

Prints one line, "N passed, N failed" with ", N skipped" if there are any;
--passed and --failed add checks that ctest does not know of. Exits 0 only if
something passed and nothing failed. A file that is not there is a failure:
that run broke before it had results.
"""

import argparse
import collections
import os
import sys
import xml.etree.ElementTree


def outcome(case):
    """A test that could not be started has failed, whatever ctest calls it:
    only those that skip themselves, or are disabled, count as skipped."""
    status = case.get("status")
    if status == "run":
        return "passed"
    if status == "disabled":
        return "skipped"
    reason = case.find("skipped")
    if reason is not None and reason.get("message", "").startswith("SKIP_"):
        return "skipped"
    return "failed"


def count(paths):
    counts = collections.Counter()
    for path in paths:
        if os.path.exists(path):
            tree = xml.etree.ElementTree.parse(path)
            counts.update(map(outcome, tree.iter("testcase")))
        else:
            counts["failed"] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--passed", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    arguments = parser.parse_args()
    counts = count(arguments.files)
    counts["passed"] += arguments.passed
    counts["failed"] += arguments.failed
    line = f"{counts['passed']} passed, {counts['failed']} failed"
    if counts["skipped"]:
        line += f", {counts['skipped']} skipped"
    print(line)
    return 0 if counts["passed"] and not counts["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
