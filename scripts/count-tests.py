#!/usr/bin/env python3
"""Counts the results of ctest runs, given as the files of --output-junit.

usage: count-tests.py FILE... [--passed N] [--failed N] [--show-failures]

Prints one line, "N passed, N failed" with ", N skipped" if there are any;
--passed and --failed add checks that ctest does not know of. Before it, with
--show-failures, what each failed test printed, for logs of which only the end
is kept. Exits 0 only if something passed and nothing failed. A file that is
not there is a failure: that run broke before it had results.
"""

import argparse
import collections
import os
import sys
import xml.etree.ElementTree

MOST_LINES = 40  # of one test's output


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


def show_failure(path, case):
    output = case.findtext("system-out", default="").splitlines()
    print(f"--- failed: {case.get('name')} ({path})")
    if len(output) > MOST_LINES:
        print(f"... {len(output) - MOST_LINES} lines before")
    print("\n".join(output[-MOST_LINES:]))


def count(paths, show_failures):
    counts = collections.Counter()
    for path in paths:
        if not os.path.exists(path):
            counts["failed"] += 1
            if show_failures:
                print(f"--- no results: {path}")
            continue
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            counts[outcome(case)] += 1
            if show_failures and outcome(case) == "failed":
                show_failure(path, case)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--passed", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("--show-failures", action="store_true")
    arguments = parser.parse_args()
    counts = count(arguments.files, arguments.show_failures)
    counts["passed"] += arguments.passed
    counts["failed"] += arguments.failed
    line = f"{counts['passed']} passed, {counts['failed']} failed"
    if counts["skipped"]:
        line += f", {counts['skipped']} skipped"
    print(line)
    return 0 if counts["passed"] and not counts["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
