#!/usr/bin/env python3
"""Registers the schemas of the log's events at a schema registry. Python 3 and its standard library alone.

    schemas/register.py --registry http://registry:8080/apis/ccompat/v7

The URL is where the registry answers Confluent's API: of Apicurio Registry as above, of others often without a path. Each
event of each topic is a subject of its own, named by topic and event (Confluent's TopicRecordNameStrategy), and its versions are
those of the folder history beside the contracts, oldest first. A subject that is new is made FULL_TRANSITIVE: each version reads what
each other one wrote. What is there already stays as it is, so the command can be given again at any time.

It is a step of a deployment. No app of Votelog registers a schema, and none needs a registry: see README.md.

Exit code 0: all is there. 1: something is missing, is refused, or is another schema than ours. 2: the registry cannot be asked, or the
command line is wrong.
"""
import argparse
import glob
import http.client
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
from decode import HISTORY, canonical, fingerprint  # noqa: E402 (the folder beside it stays as it is)

TOPICS = {
    "votelog.votes.v1": ("VoteCast", "BallotPublished", "BallotClosed", "BallotEnded", "VoteAnnulled"),
    "votelog.ballots.v1": ("BallotPublished", "BallotReady", "BallotClosed", "GatewayKeyNamed"),
    "votelog.decisions.v1": ("VoteDecided",),
    "votelog.tallies.v1": ("PartitionTally",),
    "votelog.turnout.v1": ("PartitionTurnout",),
    "votelog.results.v1": ("BallotResults",),
    "votelog.seals.v1": ("LogSealed", "BallotSealed", "CheckpointSigned"),
}
NAMESPACE = "io.votelog.events"
COMPATIBILITY = "FULL_TRANSITIVE"
LONGEST_ANSWER = 1 << 20
SECONDS = 10
NOT_FOUND = 404


class Unreachable(Exception):
    """The registry cannot be asked, or what answers is none."""


class Refused(Exception):
    """The registry answered with an error."""

    def __init__(self, status, message):
        super().__init__("%d, %s" % (status, message))
        self.status = status


class Registry:
    def __init__(self, url):
        self.url = url.rstrip("/")

    def ask(self, method, path, body=None):
        """The answer's JSON."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/vnd.schemaregistry.v1+json", "Accept": "*/*"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return self.json(answer)
        except urllib.error.HTTPError as fault:
            with fault:
                answer = self.json(fault)
            if not isinstance(answer, dict) or "error_code" not in answer:
                raise Unreachable("%s answers %d and no error of a schema registry: is its path right?"
                                  % (self.url, fault.code)) from fault
            raise Refused(fault.code, " ".join(str(answer.get("message")).split())[:300]) from fault
        except (OSError, http.client.HTTPException) as fault:
            raise Unreachable("%s cannot be asked: %s" % (self.url, getattr(fault, "reason", fault))) from fault

    def json(self, answer):
        text = answer.read(LONGEST_ANSWER + 1)
        if len(text) > LONGEST_ANSWER:
            raise Unreachable("%s answers with more than %d bytes" % (self.url, LONGEST_ANSWER))
        try:
            return json.loads(text)
        except ValueError as fault:
            raise Unreachable("%s answers with what is no JSON: is its path right?" % self.url) from fault


def versions(event):
    """The schemas of an event, oldest first, as text."""
    paths = glob.glob(os.path.join(HISTORY, event, "*.avsc"))
    texts = []
    for path in sorted(paths, key=lambda path: int(os.path.basename(path)[:-len(".avsc")])):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return texts


def mark(text):
    """What tells a schema from others: its fingerprint, as the log's events have it."""
    return fingerprint(canonical(json.loads(text))).hex()


def subjects():
    for topic, events in TOPICS.items():
        for event in events:
            yield "%s-%s.%s" % (topic, NAMESPACE, event), versions(event)


def registered(registry, subject):
    """The fingerprint of each version of a subject, with its number and its id; none where there is no such subject."""
    try:
        numbers = registry.ask("GET", "/subjects/%s/versions" % subject)
    except Refused as fault:
        if fault.status == NOT_FOUND:
            return {}
        raise
    found = {}
    for number in numbers:
        version = registry.ask("GET", "/subjects/%s/versions/%d" % (subject, number))
        found[mark(version["schema"])] = (number, version["id"])
    return found


def bring(registry, subject, texts, check, say):
    """Whether the subject holds all these versions and no others, after those that are missing were registered."""
    right = True
    found = registered(registry, subject)
    for foreign in found.keys() - {mark(text) for text in texts}:
        say("%s: its version %d is none of ours (fingerprint %s)" % (subject, found[foreign][0], foreign))
        right = False
    if not found and not check:
        registry.ask("PUT", "/config/" + subject, {"compatibility": COMPATIBILITY})
    for number, text in enumerate(texts, 1):
        if mark(text) in found:
            say("%s: history/%d is there, id %d" % (subject, number, found[mark(text)][1]))
        elif check:
            say("%s: history/%d is not there" % (subject, number))
            right = False
        else:
            made = registry.ask("POST", "/subjects/%s/versions" % subject, {"schema": text})["id"]
            if mark(registry.ask("GET", "/schemas/ids/%d" % made)["schema"]) != mark(text):
                say("%s: history/%d was registered, and id %d is another schema" % (subject, number, made))
                right = False
            else:
                say("%s: history/%d registered, id %d" % (subject, number, made))
    return right


def main():
    options = argparse.ArgumentParser(description="Registers the schemas of the log's events at a schema registry.")
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--registry", metavar="URL", help="where it answers Confluent's API, such as"
                                                        " http://registry:8080/apis/ccompat/v7")
    what.add_argument("--list", action="store_true", help="names the subjects and how many versions each has, and asks nobody")
    options.add_argument("--check", action="store_true", help="registers nothing and says what is missing")
    given = options.parse_args()
    if given.list:
        for subject, texts in subjects():
            print(subject, len(texts))
        return 0
    address = urllib.parse.urlsplit(given.registry)
    if address.scheme not in ("http", "https") or not address.hostname:
        options.error("--registry: %s is no http or https URL" % given.registry)
    registry, right = Registry(given.registry), True
    for subject, texts in subjects():
        try:
            right &= bring(registry, subject, texts, given.check, lambda line: print(line, flush=True))
        except Refused as fault:
            print("%s: the registry refuses: %s" % (subject, fault), file=sys.stderr)
            right = False
        except Unreachable as fault:
            print(fault, file=sys.stderr)
            return 2
        except (KeyError, TypeError, ValueError) as fault:
            print("%s: %s answers what no schema registry answers: %r" % (subject, given.registry, fault), file=sys.stderr)
            return 2
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
