#!/usr/bin/env python3
"""Counts a dump of the log again and compares with what was published: a second opinion that shares no line with Votelog.

    java -jar auditor/target/votelog-auditor.jar dump --bootstrap-servers localhost:9092 DUMP
    auditor/recount.py DUMP "$(cat .votelog/secrets/log-public-key)"

Python 3.8 and its standard library alone. Decides each vote from those before it; compares every verdict with decisions and
every number with results. Exit code 0: all the same; 1: a difference; 2: it could not be run. Takes for granted that a
definition which is signed is a ballot without contradictions.
"""
import base64, datetime, hashlib, json, os, struct, sys

# Avro's single-object encoding: C3 01 and the CRC-64-AVRO fingerprint of the writer's schema. A field is a string (s), an int or
# a long (i), so many bytes, an array [..] of one or more of these, or a union with null (?).
SCHEMAS = {
    "7327250d8306b523": "VoteCast voteId:16 ballotId:s choices:[s] salt:32",
    "649d3efb91e5cfe7": "BallotPublished ballotId:s definition:s digest:32 partition:i partitionCount:i voteSchemas:[i]"
                        " pepper:8 keyId:8 signature:64",
    "4ae19897884b0c06": "BallotClosed ballotId:s digest:32 partition:i keyId:8 signature:64",
    "ab32566ed8ca364c": "BallotEnded ballotId:s digest:32 partition:i keyId:8 signature:64",
    "7fcc8d311bfc8673": "VoteDecided voteId:16 ballotId:s outcome:i reason:?i voteOffset:i recordedAt:i",
    "245c44878a23d0b4": "BallotResults ballotId:s digest:32 status:i version:i revision:i asOf:i received:i accepted:i retried:i"
                        " rejected:[ii] annulled:i late:i missing:i votes:?[i] positions:[ii?i]"}
OUTCOMES = "UNSPECIFIED ACCEPTED RETRIED REJECTED".split()
REASONS = ("UNSPECIFIED UNKNOWN_BALLOT NOT_OPEN CLOSED NO_CHOICE UNKNOWN_OPTION REPEATED_OPTION TOO_MANY_PICKS TOO_FEW_PICKS"
           " SECTION_TOO_MANY SECTION_TOO_FEW VOTE_ID_REUSED ALREADY_VOTED").split()


class Poison(Exception):
    """The record is neither a vote nor an order that this log obeys."""


class Body:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count < 0 or self.at + count > len(self.data):
            raise Poison("cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self):
        value, byte, shift = 0, 0x80, 0
        while byte & 0x80:
            if shift > 63:
                raise Poison("a number that is too long")
            byte = self.take(1)[0]
            value, shift = value | (byte & 0x7F) << shift, shift + 7
        return value >> 1 ^ -(value & 1)

    def read(self, kind):
        if kind == "s":
            return self.take(self.number()).decode("utf-8", "replace")
        if kind == "i":
            return self.number()
        if kind.isdigit():
            return self.take(int(kind))
        if kind[0] == "?":
            return self.read(kind[1:]) if self.number() else None
        items, fields, count = [], kind[1:-1].replace("?i", "?").replace("i", "i ").replace("?", "?i ").split(), self.number()
        while count:
            if count < 0:
                count, _ = -count, self.number()
            for _ in range(count):
                item = [self.read(field) for field in fields]
                items.append(item if len(item) > 1 else item[0])
            count = self.number()
        return items


def decode(value):
    if value is None or value[:2] != b"\xc3\x01" or value[2:10].hex() not in SCHEMAS:
        raise Poison("no event")
    name, *fields = SCHEMAS[value[2:10].hex()].split()
    body = Body(value[10:])
    event = {key: body.read(kind) for key, kind in (field.split(":") for field in fields)}
    if body.at != len(body.data):
        raise Poison("bytes are left over")
    return dict(event, event=name)


# Ed25519 (RFC 8032), to check who gave an order; slow, and there are few orders.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    k = D * p[0] * q[0] * p[1] * q[1]
    return (p[0] * q[1] + p[1] * q[0]) * pow(1 + k, -1, P) % P, (p[1] * q[1] + p[0] * q[0]) * pow(1 - k, -1, P) % P


def times(scalar, point):
    total = (0, 1)
    while scalar:
        total = add(total, point) if scalar & 1 else total
        point, scalar = add(point, point), scalar >> 1
    return total


def point(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and sign):
        raise Poison("no point of the curve")
    return (x if x & 1 == sign else P - x), y


def signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return s < L and times(s, base) == add(point(signature[:32]), times(h, point(key)))


def murmur2(data):
    """As Kafka's clients hash a key of 16 bytes."""
    m, h = 0x5BD1E995, 0x9747B28C ^ len(data)
    for (k,) in struct.iter_unpack("<I", data):
        k = k * m & 0xFFFFFFFF
        h = h * m & 0xFFFFFFFF ^ (k ^ k >> 24) * m & 0xFFFFFFFF
    h = (h ^ h >> 13) * m & 0xFFFFFFFF
    return (h ^ h >> 15) & 0x7FFFFFFF


def milliseconds(text):
    seconds, _, fraction = text.rstrip("Z").partition(".")
    time = datetime.datetime.fromisoformat(seconds + "+00:00")
    return int(time.timestamp()) * 1000 + int((fraction + "000")[:3])


class Poll:
    """A ballot in one partition: its rules, who has voted, and what is counted of it, up to the offset `limit`."""

    def __init__(self, event, time, offset, limit):
        rules = json.loads(event["definition"])
        self.event, self.limit, self.end, self.voters = event, limit, None, {}
        self.opens, self.closes = (milliseconds(rules["window"][name]) for name in ("opensAt", "closesAt"))
        self.picks, self.sections = rules["picks"], rules["sections"]
        self.votes = {option["id"]: 0 for section in self.sections for option in section["options"]}
        self.verdicts, self.late, self.as_of = {}, 0, time if offset < limit else None

    def form(self, choices):
        picked = set(choices)
        counts = [(section["picks"], sum(option["id"] in picked for option in section["options"])) for section in self.sections]
        broken = {"NO_CHOICE": not choices, "UNKNOWN_OPTION": picked - set(self.votes),
                  "REPEATED_OPTION": len(picked) < len(choices), "TOO_MANY_PICKS": len(picked) > self.picks["max"],
                  "TOO_FEW_PICKS": len(picked) < self.picks["min"],
                  "SECTION_TOO_MANY": any(count > allowed["max"] for allowed, count in counts),
                  "SECTION_TOO_FEW": any(count < allowed["min"] for allowed, count in counts)}
        return next((reason for reason, holds in broken.items() if holds), None)

    def decide(self, voter, vote, time, offset):
        this, first = (vote["voteId"], frozenset(vote["choices"])), self.voters.get(voter)
        if first == this:
            return "RETRIED"
        if time < self.opens:
            return "NOT_OPEN"
        if time >= self.closes or self.end is not None:
            return "CLOSED"
        reason = self.form(vote["choices"])
        if reason or first:
            return reason or ("VOTE_ID_REUSED" if first[0] == this[0] else "ALREADY_VOTED")
        self.voters[voter] = this
        return "ACCEPTED"

    def count(self, verdict, choices, time, offset):
        if offset < self.limit and self.end is not None:
            self.late += 1
        elif offset < self.limit:
            self.as_of = max(self.as_of, time)
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1
            for option in choices if verdict == "ACCEPTED" else ():
                self.votes[option] += 1


def replay(partition, records, keys, limit):
    """The verdict at each offset of a partition, its ballots, and the offset behind its last record."""
    polls, found, expected = {}, {}, 0
    for offset, time, key, value, _ in records:
        if offset != expected:
            raise ValueError("partition %d: offset %d comes where %d was to come" % (partition, offset, expected))
        expected = offset + 1
        for poll in polls.values():
            poll.end = offset if poll.end is None and time >= poll.closes else poll.end
        try:
            event = decode(value)
            poll = polls.get(event["ballotId"])
            if event["event"] == "VoteCast":
                if key is None or len(key) != 16:
                    raise Poison("a vote of nobody")
                if poll and (murmur2(key) % poll.event["partitionCount"] != partition
                             or struct.unpack("<q", value[2:10])[0] not in poll.event["voteSchemas"]):
                    raise Poison("in the wrong partition, or of a schema that the ballot does not name")
                verdict = poll.decide(key, event, time, offset) if poll else "UNKNOWN_BALLOT"
                if poll:
                    poll.count(verdict, event["choices"], time, offset)
                found[offset] = verdict, event["voteId"], event["ballotId"], time
                continue
            raw = keys.get(event.get("keyId"))
            if (not raw or event["partition"] != partition
                    or not signed(raw, b"votelog control record v1\n" + value[:-64], event["signature"])):
                raise Poison("an order of nobody who may give one, or for another partition")
            if event["event"] == "BallotPublished" and not poll and event["partitionCount"] > partition:
                if event["digest"] == hashlib.sha256(event["definition"].encode()).digest():
                    polls[event["ballotId"]] = Poll(event, time, offset, limit(event["ballotId"], partition))
            elif event["event"] == "BallotClosed" and poll and poll.event["digest"] == event["digest"]:
                poll.end = offset if poll.end is None else poll.end
        except Poison:
            pass
    return found, polls, expected


class Dump:
    def __init__(self, folder, keys):
        self.folder, self.published, self.found, self.polls, self.ends = folder, {}, {}, {}, {}
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            self.files = json.load(file)["files"]
        for _, record in self.records("votelog.results.v1"):
            event = decode(record[3])
            self.published[event["ballotId"]] = event
        for at in sorted({file["partition"] for file in self.files if file["topic"] == "votelog.votes.v1"}):
            votes = (record for _, record in self.records("votelog.votes.v1", at))
            self.found[at], polls, self.ends[at] = replay(at, votes, keys, self.limit)
            for ballot, poll in polls.items():
                self.polls.setdefault(ballot, {})[at] = poll

    def records(self, topic, partition=None):
        """Offset, time, key, value and headers of each record, with its partition; the layout is in the README."""
        for file in self.files:
            if file["topic"] == topic and partition in (None, file["partition"]):
                with open(os.path.join(self.folder, file["file"]), "rb") as data:
                    def field():
                        length = struct.unpack(">i", data.read(4))[0]
                        return None if length < 0 else data.read(length)
                    while head := data.read(16):
                        record = struct.unpack(">qq", head) + (field(), field())
                        headers = {field(): field() for _ in range(struct.unpack(">i", data.read(4))[0])}
                        yield file["partition"], record + (headers,)

    def limit(self, ballot, partition):
        """The first offset of the partition that the ballot's published results do not count."""
        if ballot not in self.published:
            return 1 << 62
        return next((end for at, end, _ in self.published[ballot]["positions"] if at == partition), 0)

    def verdicts(self):
        waiting = {(at, offset) for at in self.found for offset in self.found[at]}
        for _, record in self.records("votelog.decisions.v1"):
            event = decode(record[3])
            at, offset = int(record[4][b"ce_id"].split(b"/")[0]), event["voteOffset"]
            verdict = REASONS[event["reason"]] if event["outcome"] == 3 else OUTCOMES[event["outcome"]]
            here = self.found.get(at, {}).get(offset)
            if offset < self.ends.get(at, 0) and (verdict, event["voteId"], event["ballotId"], event["recordedAt"]) != here:
                yield "partition %d, offset %d: published %s, found here %s" % (at, offset, verdict, here and here[0])
            waiting.discard((at, offset))
        for at, offset in sorted(waiting):
            if any(offset < self.limit(ballot, at) for ballot in self.published):
                yield "partition %d, offset %d: published nothing, found here %s" % (at, offset, self.found[at][offset][0])

    def numbers(self, ballot):
        results, polls, total = self.published[ballot], self.polls.get(ballot, {}), {}
        for at, end, _ in results["positions"]:
            if self.ends.get(at, 0) < end:
                yield "partition %d ends at %d, and the results count up to %d" % (at, self.ends.get(at, 0), end)
        for verdict, count in (item for poll in polls.values() for item in poll.verdicts.items()):
            total[verdict] = total.get(verdict, 0) + count
        here = {
            "received": sum(total.values()), "accepted": total.get("ACCEPTED", 0), "retried": total.get("RETRIED", 0),
            "rejected": {name: count for name, count in total.items() if name not in OUTCOMES},
            "late": sum(poll.late for poll in polls.values()),
            "asOf": max((poll.as_of for poll in polls.values() if poll.as_of is not None), default=None),
            "ends": {at: poll.end for at, poll in polls.items() if poll.end is not None and poll.end < poll.limit},
            "votes": [sum(votes) for votes in zip(*(poll.votes.values() for poll in polls.values()))]}
        there = dict(results, rejected={REASONS[reason]: count for reason, count in results["rejected"]},
                     ends={at: end for at, _, end in results["positions"] if end is not None})
        for name, number in here.items():
            if there[name] != number and not (name == "votes" and there[name] is None):
                yield "%s: published %s, counted here %s" % (name, there[name], number)


def main(folder, *keys):
    raw = [base64.b64decode(key) for key in keys]
    dump = Dump(folder, {hashlib.sha256(key).digest()[:8]: key for key in raw})
    wrong = list(dump.verdicts())
    for ballot, results in sorted(dump.published.items()):
        print("%s: %d votes, of which %d accepted" % (ballot, results["received"], results["accepted"]))
        wrong += ["%s, %s" % (ballot, difference) for difference in dump.numbers(ballot)]
    print("\n".join("DIFFERENCE: " + difference for difference in wrong[:10]) or "All verdicts and all numbers are the same.")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
    except (OSError, ValueError, KeyError, struct.error, Poison) as fault:
        sys.exit(print("could not be counted: %s" % fault, file=sys.stderr) or 2)
