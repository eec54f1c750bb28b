#!/usr/bin/env python3
"""Puts a real vote through a running Votelog and compares every figure with a plain recount of the file.

    infra/up                                        # in one terminal
    infra/bench/pabulib.py FILE.pb                  # in another

FILE.pb is an approval vote in Pabulib's format (https://pabulib.org/format). Its projects become one ballot, the first
half of them (rounded up) as section A and the rest as section B, with the rule of the ballot that Votelog was made for:
at least one pick in each section and at most ten in all. Every voter of the file casts their vote over HTTP, and one in
twenty sends it a second time. Exit 0: all figures agree; 1: one does not; 2: it could not be run.

Standard library alone; it shares no code with what it checks.
"""
import argparse
import collections
import http.client
import itertools
import json
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timedelta, timezone

MIN_PICKS, MAX_PICKS, RETRY_EVERY = 2, 10, 20


def read(path):
    """The project ids with their published totals, and the voters with their choices, in file order."""
    projects, votes, section, header = {}, [], None, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line in ("META", "PROJECTS", "VOTES"):
                section, header = line, None
            elif header is None:
                header = line.split(";")
            elif section == "PROJECTS":
                row = dict(zip(header, line.split(";")))
                projects[row["project_id"]] = int(row["votes"])
            elif section == "VOTES":
                row = dict(zip(header, line.split(";")))
                votes.append((row["voter_id"], [c for c in row["vote"].split(",") if c]))
    return projects, votes


def broken_rules(choices, section_a, section_b):
    """What the rule says of these choices, read plainly."""
    if not choices:
        return ["NO_CHOICE"]
    picked, broken = set(choices), []
    if picked - section_a - section_b:
        broken.append("UNKNOWN_OPTION")
    if len(picked) < len(choices):
        broken.append("REPEATED_OPTION")
    if len(picked) > MAX_PICKS:
        broken.append("TOO_MANY_PICKS")
    if len(picked) < MIN_PICKS:
        broken.append("TOO_FEW_PICKS")
    if not picked & section_a or not picked & section_b:
        broken.append("SECTION_TOO_FEW")
    return broken


class Site:
    """One keep-alive connection to one side."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)

    def call(self, method, path, body=None, token=None):
        headers = {"Accept": "application/json, application/problem+json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = "Bearer " + token
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else {}

    def token(self, user, scope=None):
        body = {"userId": user} if scope is None else {"userId": user, "scope": scope}
        return self.call("POST", "/dev/token", body)[1]["token"]


def publish(producer, ballot_id, projects):
    ids = list(projects)
    half = (len(ids) + 1) // 2
    now = datetime.now(timezone.utc).replace(microsecond=0)
    ballot = {
        "ballotId": ballot_id,
        "title": "A real vote, recounted",
        "window": {"opensAt": now.isoformat(), "closesAt": (now + timedelta(days=1)).isoformat()},
        "picks": {"min": MIN_PICKS, "max": MAX_PICKS},
        "sections": [
            {"id": name, "title": "Section " + name, "picks": {"min": 1},
             "options": [{"id": i, "title": "Project " + i} for i in part]}
            for name, part in (("A", ids[:half]), ("B", ids[half:]))
        ],
    }
    token = producer.token("publisher", "ballots:write")
    status, answer = producer.call("PUT", "/v1/ballots/" + ballot_id, ballot, token)
    if status not in (200, 201):
        sys.exit("the ballot was not published: %d %s" % (status, json.dumps(answer)))
    return set(ids[:half]), set(ids[half:])


def cast_all(url, ballot_id, votes, connections):
    """Casts every vote; gives for each voter the statuses and the codes of the rules that were named."""
    answers, work, lock = {}, iter(votes), threading.Lock()
    failures = []

    def run():
        producer = Site(url)
        try:
            while True:
                with lock:
                    nth_vote = next(work, None)
                if nth_vote is None:
                    return
                nth, (voter, choices) = nth_vote
                token = producer.token("pabulib-" + voter)
                times = 2 if nth % RETRY_EVERY == 0 else 1
                got = [producer.call("POST", "/v1/ballots/%s/votes" % ballot_id, {"choices": choices}, token)
                       for _ in range(times)]
                answers[nth] = [(s, [v["code"] for v in a.get("violations", [])], a.get("receipt")) for s, a in got]
        except Exception as e:  # the run is over when one connection is; say why
            failures.append(e)

    work = iter(enumerate(votes))
    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("casting stopped: %r" % failures[0])
    return answers


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("--producer", default="http://127.0.0.1:8080")
    arguments.add_argument("--streams", default="http://127.0.0.1:8081")
    arguments.add_argument("--ballot", default=None, help="id to publish under; a new one by default")
    arguments.add_argument("--connections", type=int, default=8)
    chosen = arguments.parse_args()
    projects, votes = read(chosen.file)
    ballot_id = chosen.ballot or "pabulib-" + datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")

    section_a, section_b = publish(Site(chosen.producer), ballot_id, projects)
    started = time.monotonic()
    answers = cast_all(chosen.producer, ballot_id, votes, chosen.connections)
    seconds = time.monotonic() - started

    # The recount: what the file says, with no look at what the system answered.
    refused, counts, accepted, retried = collections.Counter(), collections.Counter(), 0, 0
    published = collections.Counter()
    wrong = []
    for nth, (voter, choices) in enumerate(votes):
        published.update(choices)
        broken = broken_rules(choices, section_a, section_b)
        for status, codes, receipt in answers[nth]:
            right = codes == broken and status == 422 if broken else status == 202 and receipt
            if not right:
                wrong.append("voter %s: expected %s, got %s %s" % (voter, broken or 202, status, codes))
        if broken:
            refused.update(broken[:1] * len(answers[nth]))
        else:
            accepted += 1
            retried += len(answers[nth]) - 1
            counts.update(choices)

    streams = Site(chosen.streams)
    results = {}
    for _ in range(120):
        status, results = streams.call("GET", "/v1/ballots/%s/results" % ballot_id)
        if status == 200 and results["turnout"]["received"] >= accepted + retried:
            break
        time.sleep(0.25)
    turnout = results["turnout"]
    totals = {o["id"]: o["votes"] for s in results["sections"] for o in s["options"]}

    sent = sum(len(a) for a in answers.values())
    rows = [
        ("projects whose total in the file is its own votes' sum", sum(published[p] == n for p, n in projects.items()), len(projects)),
        ("votes answered as the recount says", sent - len(wrong), sent),
        ("received", turnout["received"], accepted + retried),
        ("accepted", turnout["accepted"], accepted),
        ("retried", turnout["retried"], retried),
        ("rejected", turnout["rejected"], 0),
        ("accepted + retried + rejected", turnout["accepted"] + turnout["retried"] + turnout["rejected"], turnout["received"]),
        ("options whose total is the recount's", sum(totals[p] == counts[p] for p in projects), len(projects)),
        ("picks in all", sum(totals.values()), sum(counts.values())),
    ]
    print("%d voters, %d requests in %.1f s, ballot %s" % (len(votes), sent, seconds, ballot_id))
    print("%-56s %9s %9s" % ("", "Votelog", "recount"))
    for name, got, expected in rows:
        print("%-56s %9d %9d  %s" % (name, got, expected, "ok" if got == expected else "DIFFERS"))
    for reason, count in sorted(refused.items()):
        print("%-56s %9s %9d" % ("refused at the edge, first rule broken: " + reason, "", count))
    for line in itertools.islice(wrong, 10):
        print(line)
    sys.exit(0 if all(got == expected for _, got, expected in rows) else 1)


if __name__ == "__main__":
    main()
