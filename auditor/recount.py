#!/usr/bin/env python3
"""Counts a dump of the log again and compares: a second opinion that shares no line with Votelog.

    java -jar auditor/target/votelog-auditor.jar dump --bootstrap-servers localhost:9092 DUMP
    auditor/recount.py DUMP "$(cat .votelog/secrets/log-public-key)"
    auditor/recount.py --expect ANNOUNCEMENT DUMP [KEY...]

Python 3.8 and its standard library alone. Decides each vote from those before it in its partition, and holds
every verdict against decisions and every total against results. Exit code 0: all the same; 1: a difference;
2: it could not be run. Takes for granted that a signed definition is a ballot without contradictions.
With --expect it holds the log to what `announce` printed, and obeys the keys named there unless others are given.
"""
import base64, collections, contextlib, datetime, hashlib, io, json, pathlib, struct, sys

# The events that count, by their schema's CRC-64-AVRO fingerprint (Avro's single-object encoding). A field is
# a string (s), an int or long (i), so many bytes, an array [..] of these, or a union with null (?).
SCHEMAS = {
    "7327250d8306b523": "VoteCast voteId:16 ballotId:s choices:[s] salt:32",
    "649d3efb91e5cfe7": "BallotPublished ballotId:s definition:s digest:32 partition:i partitionCount:i"
        " voteSchemas:[i] pepper:8 keyId:8 signature:64",
    "4ae19897884b0c06": "BallotClosed ballotId:s digest:32 partition:i keyId:8 signature:64",
    "93803a4ec67f868b": "VoteAnnulled ballotId:s digest:32 voter:16 voteId:16 reason:s partition:i keyId:8"
        " signature:64",
    "7fcc8d311bfc8673": "VoteDecided voteId:16 ballotId:s outcome:i reason:?i voteOffset:i recordedAt:i",
    "245c44878a23d0b4": "BallotResults ballotId:s digest:32 status:i version:i revision:i asOf:i received:i"
        " accepted:i retried:i rejected:[i,i] annulled:i late:i missing:i votes:?[i] positions:[i,i,?i]",
    "749ad2c2c3399bc5": "BallotResults ballotId:s digest:32 status:i version:i revision:i asOf:i received:i"
        " accepted:i retried:i rejected:[i,i] annulled:i late:i missing:i replaced:i votes:?[i] positions:[i,i,?i]"}
REASONS = ("UNSPECIFIED UNKNOWN_BALLOT NOT_OPEN CLOSED NO_CHOICE UNKNOWN_OPTION REPEATED_OPTION"
    " TOO_MANY_PICKS TOO_FEW_PICKS SECTION_TOO_MANY SECTION_TOO_FEW VOTE_ID_REUSED ALREADY_VOTED").split()

class Poison(Exception):
    """The record is neither a vote nor an order that this log obeys."""

def check(holds):
    if not holds:
        raise Poison("a record that is not what it should be")

def take(data, length):
    found = data.read(max(length, 0))
    check(len(found) == length)
    return found

def number(data):
    value, shift, byte = 0, 0, 0x80
    while byte & 0x80:
        check(shift < 64)
        byte = take(data, 1)[0]
        value, shift = value | (byte & 0x7F) << shift, shift + 7
    return value >> 1 ^ -(value & 1)

def field(data, kind):
    if kind == "s":
        return take(data, number(data)).decode("utf-8", "replace")
    if kind == "i":
        return number(data)
    if kind[0] == "?":
        return field(data, kind[1:]) if number(data) else None
    if kind[0] != "[":
        return take(data, int(kind))
    items, kinds = [], kind[1:-1].split(",")
    while count := number(data):
        if count < 0:
            count, _ = -count, number(data)
        items += [[field(data, each) for each in kinds] for _ in range(count)]
    return items if len(kinds) > 1 else [item for item, in items]

def decode(value):
    check(value and value[:2] == b"\xc3\x01" and value[2:10].hex() in SCHEMAS)
    name, *fields = SCHEMAS[value[2:10].hex()].split()
    event, data = {"event": name}, io.BytesIO(value[10:])
    for key, kind in (each.split(":") for each in fields):
        event[key] = field(data, kind)
    check(not data.read(1))
    return event

# Ed25519 (RFC 8032), to check who gave an order; slow, and there are few orders.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(p, q):
    k = D * p[0] * q[0] * p[1] * q[1]
    x, y = p[0] * q[1] + p[1] * q[0], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + k, -1, P) % P, y * pow(1 - k, -1, P) % P

def times(scalar, point):
    doubles = times(scalar >> 1, add(point, point)) if scalar else (0, 1)
    return add(doubles, point) if scalar & 1 else doubles

def point(data):
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    check(x * x % P == square and y < P and not (x == 0 and sign))
    return (x if x & 1 == sign else P - x), y

def signed(key, value, signature):
    message = signature[:32] + key + b"votelog control record v1\n" + value[:-64]
    h = int.from_bytes(hashlib.sha512(message).digest(), "little") % L
    s, base = int.from_bytes(signature[32:], "little"), point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return s < L and times(s, base) == add(point(signature[:32]), times(h, point(key)))

def partition_of(key, count):
    """As Kafka's clients choose it: murmur2 of the key's 16 bytes."""
    m, h = 0x5BD1E995, 0x9747B28C ^ len(key)
    for k, in struct.iter_unpack("<I", key):
        k = k * m & 0xFFFFFFFF
        h = h * m & 0xFFFFFFFF ^ (k ^ k >> 24) * m & 0xFFFFFFFF
    h = (h ^ h >> 13) * m & 0xFFFFFFFF
    return ((h ^ h >> 15) & 0x7FFFFFFF) % count

class Poll:
    """A ballot in one partition: its rules, who has voted, and what is counted up to the offset `limit`."""

    def __init__(self, event, limit):
        rules = json.loads(event["definition"])
        time = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
        self.opens, self.closes = (round(1000 * time(rules["window"][at])) for at in ("opensAt", "closesAt"))
        self.event, self.picks, self.sections = event, rules["picks"], rules["sections"]
        self.options = [option["id"] for section in self.sections for option in section["options"]]
        self.limit, self.end, self.voters, self.totals = limit, None, {}, collections.Counter()
        self.annulled = set()

    def form(self, choices):
        picked, size = set(choices), len(set(choices))
        counts = [(sum(option["id"] in picked for option in section["options"]), section["picks"])
                  for section in self.sections]
        broken = {"NO_CHOICE": not choices, "UNKNOWN_OPTION": not picked <= set(self.options),
                  "REPEATED_OPTION": size < len(choices), "TOO_MANY_PICKS": size > self.picks["max"],
                  "TOO_FEW_PICKS": size < self.picks["min"],
                  "SECTION_TOO_MANY": any(count > picks["max"] for count, picks in counts),
                  "SECTION_TOO_FEW": any(count < picks["min"] for count, picks in counts)}
        return next((reason for reason, holds in broken.items() if holds), None)

    def decide(self, voter, vote, time):
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

    def annul(self, voter, vote, offset):
        first = self.voters.get(voter)
        if first and first[0] == vote and voter not in self.annulled:
            self.annulled.add(voter)
            if offset < self.limit:
                self.totals.subtract("option " + each for each in first[1])
                self.totals.update(["annulled", "revision"])

def replay(partition, records, keys, limits):
    """The verdicts of a partition, each with what it is on; its ballots; the offset behind its end."""
    polls, found, end = {}, set(), 0
    for end, (offset, time, key, value, _) in enumerate(records, 1):
        if offset != end - 1:
            raise ValueError("partition %d: offset %d where %d was to come" % (partition, offset, end - 1))
        for poll in polls.values():
            poll.end = offset if poll.end is None and time >= poll.closes else poll.end
        with contextlib.suppress(Poison):
            event = decode(value)
            kind, ballot, poll = event["event"], event["ballotId"], polls.get(event["ballotId"])
            if kind == "VoteCast":
                check(key is not None and len(key) == 16)
                check(not poll or partition_of(key, poll.event["partitionCount"]) == partition)
                check(not poll or struct.unpack("<q", value[2:10])[0] in poll.event["voteSchemas"])
                verdict = poll.decide(key, event, time) if poll else "UNKNOWN_BALLOT"
                found.add((partition, offset, verdict, event["voteId"], ballot, time))
                if poll and offset < poll.limit:
                    poll.totals.update(["received", verdict] if poll.end is None else ["late"])
                    poll.totals.update("option " + each for each in event["choices"] if verdict == "ACCEPTED")
                continue
            check(event.get("keyId") in keys and event["partition"] == partition)
            check(signed(keys[event["keyId"]], value, event["signature"]))
            if kind == "BallotPublished" and not poll and partition < event["partitionCount"]:
                check(event["digest"] == hashlib.sha256(event["definition"].encode()).digest())
                polls[ballot] = Poll(event, limits.get(ballot, 1 << 62))
            elif kind == "BallotClosed" and poll and poll.event["digest"] == event["digest"]:
                poll.end = offset if poll.end is None else poll.end
            elif kind == "VoteAnnulled" and poll and poll.event["digest"] == event["digest"]:
                check(partition_of(event["voter"], poll.event["partitionCount"]) == partition)
                check(0 < len(event["reason"]) <= 500)
                check(not any(each < " " or "\x7f" <= each <= "\x9f" for each in event["reason"]))
                poll.annul(event["voter"], event["voteId"], offset)
    return found, polls, end

def records(folder, file):
    """Offset, time, key, value and headers of each record; the layout is in the README."""
    path = pathlib.Path(folder, file["file"])
    if path.name != file["file"] or not path.is_file():
        raise ValueError("%s is no regular file of the dump" % path)
    with open(path, "rb") as data:
        count = lambda: struct.unpack(">i", data.read(4))[0]
        entry = lambda: data.read(length) if (length := count()) >= 0 else None
        while head := data.read(16):
            yield struct.unpack(">qq", head) + (entry(), entry(), {entry(): entry() for _ in range(count())})

def announcement(file):
    """What was announced; what is not known here must not be passed over."""
    it = json.loads(pathlib.Path(file).read_text("utf-8"))
    ballots, format = it["ballots"], it["format"]
    unknown = {*it} - {"format", "publicKeys", "ballots", "positions"}
    unknown |= {name for ballot in ballots for name in ballot} - {"ballotId", "digest", "partitions"}
    if format != "votelog-announcement/1" or unknown or not ballots or not it["publicKeys"]:
        raise ValueError("%s is in the format %s, with %s" % (file, format, sorted(unknown) or "too little in it"))
    return it

def held_to(expect, public_keys, polls, ends):
    """Where the log is not what was announced."""
    for key in sorted({*public_keys} ^ {*expect["publicKeys"]}):
        yield "the key %s was %s" % (key, "not announced" if key in public_keys else "announced, and not given")
    for name, digest, count in ((it["ballotId"], it["digest"], it["partitions"]) for it in expect["ballots"]):
        standing = [ballots[name].event for ballots in polls if name in ballots]
        for other in sorted({event["digest"].hex() for event in standing} - {digest}):
            yield "%s: announced was the definition %s, and %s stands there" % (name, digest, other)
        if len(standing) < count or any(event["partitionCount"] != count for event in standing):
            yield "%s: announced for %d partitions, and stands in %d" % (name, count, len(standing))
    for at, position in expect.get("positions", {}).items():
        if ends.get(int(at), 0) < position:
            yield "partition %s had reached %d, and ends at %d" % (at, position, ends.get(int(at), 0))

def public_key(text):
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError("%s is no public key" % text)
    return raw

def differences(folder, public_keys, expect):
    public_keys = public_keys or expect["publicKeys"]
    keys = {hashlib.sha256(key).digest()[:8]: key for key in map(public_key, public_keys)}
    files = json.loads(pathlib.Path(folder, "manifest.json").read_text("utf-8"))["files"]
    read = lambda topic: ((decode(value), headers) for file in files if file["topic"] == topic
                          for _, _, _, value, headers in records(folder, file))
    results = {event["ballotId"]: event for event, _ in read("votelog.results.v1")}
    counted = {name: {at: end for at, end, _ in event["positions"]} for name, event in results.items()}
    found, published, polls, ends = set(), set(), [], {}
    for at, file in ((file["partition"], file) for file in files if file["topic"] == "votelog.votes.v1"):
        limits = {ballot: ends_of.get(at, 0) for ballot, ends_of in counted.items()}
        verdicts, standing, ends[at] = replay(at, records(folder, file), keys, limits)
        found, polls = found | verdicts, polls + [standing]
    yield from held_to(expect, public_keys, polls, ends) if expect else ()

    for event, headers in read("votelog.decisions.v1"):
        at, offset = int(headers[b"ce_id"].split(b"/")[0]), event["voteOffset"]
        verdict = ["UNSPECIFIED", "ACCEPTED", "RETRIED", REASONS[event["reason"] or 0]][event["outcome"]]
        published.add((at, offset, verdict, event["voteId"], event["ballotId"], event["recordedAt"]))
    for each in sorted(published ^ found):
        at, offset, verdict = each[:3]
        if each in published and offset < ends.get(at, 0):
            yield "partition %d, offset %d: published %s, not found here" % (at, offset, verdict)
        elif each in found and any(offset < ends_of.get(at, 0) for ends_of in counted.values()):
            yield "partition %d, offset %d: found %s, not published" % (at, offset, verdict)

    for name, event in sorted(results.items()):
        print("%s: %d votes, of which %d accepted" % (name, event["received"], event["accepted"]))
        standing = [ballots[name] for ballots in polls if name in ballots]
        here = sum((poll.totals for poll in standing), collections.Counter())
        options = ["option " + option for poll in standing[:1] for option in poll.options]
        votes = event["votes"] or [here[option] for option in options]  # None: the ballot still hides them.
        there = collections.Counter({REASONS[reason]: count for reason, count in event["rejected"]},
                                    ACCEPTED=event["accepted"], RETRIED=event["retried"], late=event["late"],
                                    received=event["received"], annulled=event["annulled"],
                                    revision=event["revision"], **dict(zip(options, votes)))
        for total in sorted(total for total in {**here, **there} if here[total] != there[total]):
            yield "%s, %s: published %d, counted here %d" % (name, total, there[total], here[total])
        for at, end in ((at, end) for at, end in counted[name].items() if ends.get(at, 0) < end):
            yield "%s: partition %d ends at %d, and is counted up to %d" % (name, at, ends.get(at, 0), end)

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(print(__doc__) or 2)
    try:
        given = sys.argv[1:]
        expect = announcement(given[1]) if given[0] == "--expect" and len(given) > 2 else None
        folder, *public_keys = given[2:] if expect else given
        wrong = list(differences(folder, public_keys, expect))
    except Exception as fault:  # Whatever it is: by Python's own exit code it would be a difference.
        sys.exit(print("could not be counted: %s" % (str(fault) or repr(fault)), file=sys.stderr) or 2)
    more = ["… and %d more" % (len(wrong) - 10)] if len(wrong) > 10 else []
    print("\n".join(["DIFFERENCE: " + it for it in wrong[:10]] + more) or "All verdicts and all numbers are the same.")
    sys.exit(1 if wrong else 0)
