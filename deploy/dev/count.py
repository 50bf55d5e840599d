"""Counts the JUnit files in a folder and closes with the line `N passed, N failed`.

NAME.status is the exit status of what ran under that name, NAME.xml what it wrote. What failed
without a failed test (a build, a runner that died or found no test) counts as one failure. Exits 1
where anything failed, or nothing ran."""
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def name(case):
    return "::".join(part for part in (case.get("classname"), case.get("name")) if part)


def count_run(status_file, counts):
    """Adds one runner's results to the counts and names what failed."""
    results = status_file.with_suffix(".xml")
    failed_before = counts["failed"]
    cases = ElementTree.parse(results).iter("testcase") if results.exists() else []
    for case in cases:
        counts[outcome(case)] += 1
        if outcome(case) == "failed":
            print(f"failed: {status_file.stem}: {name(case)}")
    status = status_file.read_text().strip()
    if status != "0" and counts["failed"] == failed_before:
        counts["failed"] += 1
        print(f"failed: {status_file.stem}: ended with {status}")


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for status_file in sorted(Path(sys.argv[1]).glob("*.status")):
        count_run(status_file, counts)
    if counts["skipped"]:
        print(f"skipped: {counts['skipped']}")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] or not counts["passed"] else 0)


main()
