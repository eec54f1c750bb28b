#!/usr/bin/env python3
"""infra/bench/pabulib.py FILE.pb: takes a vote in Pabulib's format over into a running infra/up, under a new id, and compares its totals.

It runs infra/import/run, which reads the file and has more to say (infra/import/README.md), and ends with its exit code.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

RUN = pathlib.Path(__file__).resolve().parents[1] / "import" / "run"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        return 2 if len(sys.argv) != 2 else 0
    ballot_id = time.strftime("pabulib-%Y%m%d-%H%M%S", time.gmtime())
    given = [sys.argv[1], "--ballot", ballot_id]
    with tempfile.TemporaryDirectory() as folder:
        ballot = folder + "/ballot.yaml"
        made = subprocess.run([RUN, "ballot", *given, "--out", ballot])
        if made.returncode:
            return made.returncode
        return subprocess.run([RUN, "cast", *given, "--publish", ballot, "--compare"]).returncode


if __name__ == "__main__":
    sys.exit(main())
