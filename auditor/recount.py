#!/usr/bin/env python3
"""Counts a dump of the log again and compares: a second opinion that shares no line with Votelog.

    java -jar auditor/target/votelog-auditor.jar dump --bootstrap-servers localhost:9092 DUMP
    auditor/recount.py DUMP "$(cat .votelog/secrets/log-public-key)"
    auditor/recount.py --expect ANNOUNCEMENT DUMP [KEY...]

Python 3.8 and its standard library alone. Decides each vote from those before it in its partition, holds every
verdict against decisions, what was put aside against what is no vote, and every record of results against the
counts at its positions. Takes for granted that a signed definition is a ballot without contradictions.
Exit code 0: all the same; 1: a difference; 2: it could not be run; 3: no difference, and something that could
not be looked at.
"""
import argparse, base64, collections, datetime, hashlib, io, json, pathlib, random, re, struct, sys

# The events that count, by their schema's CRC-64-AVRO fingerprint (Avro's single-object encoding). A field is
# a string (s), an int (n), a long (i), one of so many symbols (e..), so many bytes, an array [..] of these, or a
# union with null (?).
SCHEMAS = {
    "7327250d8306b523": "VoteCast voteId:16 ballotId:s choices:[s] salt:32",
    "649d3efb91e5cfe7": "BallotPublished ballotId:s definition:s digest:32 partition:n partitionCount:n"
        " voteSchemas:[i] pepper:8 keyId:8 signature:64",
    "ab32566ed8ca364c": "BallotEnded ballotId:s digest:32 partition:n keyId:8 signature:64",
    "4ae19897884b0c06": "BallotClosed ballotId:s digest:32 partition:n keyId:8 signature:64",
    "8b9061a74bbf03e0": "GatewayKeyNamed publicKey:32 keyId:8 signature:64",
    "93803a4ec67f868b": "VoteAnnulled ballotId:s digest:32 voter:16 voteId:16 reason:s partition:n keyId:8"
        " signature:64",
    "7fcc8d311bfc8673": "VoteDecided voteId:16 ballotId:s outcome:e4 reason:?e13 voteOffset:i recordedAt:i",
    "245c44878a23d0b4": "BallotResults ballotId:s digest:32 status:e5 version:i revision:i asOf:i received:i"
        " accepted:i retried:i rejected:[e13,i] annulled:i late:i missing:i votes:?[i] positions:[n,i,?i]",
    "749ad2c2c3399bc5": "BallotResults ballotId:s digest:32 status:e5 version:i revision:i asOf:i received:i"
        " accepted:i retried:i rejected:[e13,i] annulled:i late:i missing:i replaced:i votes:?[i] positions:[n,i,?i]"}
REASONS = ("UNSPECIFIED UNKNOWN_BALLOT NOT_OPEN CLOSED NO_CHOICE UNKNOWN_OPTION REPEATED_OPTION"
    " TOO_MANY_PICKS TOO_FEW_PICKS SECTION_TOO_MANY SECTION_TOO_FEW VOTE_ID_REUSED ALREADY_VOTED").split()

MOST_EARLIER = 2000  # A record of results takes some 20 kB until it is checked.

class Poison(Exception):
    """The record is neither a vote nor an order that this log obeys."""

class Differs(Exception):
    """The log cannot be counted further, since it is not whole."""

def check(holds):
    if not holds:
        raise Poison("a record that is not what it should be")

def take(data, length, most=1 << 20):
    check(0 <= length <= most)
    found = data.read(length)
    check(len(found) == length)
    return found

def number(data, bits=64):
    value, shift, byte = 0, 0, 0x80
    while byte & 0x80:
        check(shift < bits)
        byte = take(data, 1)[0]
        value, shift = value | (byte & 0x7F) << shift, shift + 7
    return (value & (1 << bits) - 1) >> 1 ^ -(value & 1)

def field(data, kind):
    if kind == "s":
        return take(data, number(data)).decode("utf-8", "replace")
    if kind in ("n", "i"):
        return number(data, 32 if kind == "n" else 64)
    if kind[0] == "e":
        symbol = number(data, 32)
        check(0 <= symbol < int(kind[1:]))
        return symbol
    if kind[0] == "?":
        branch = number(data, 32)
        check(branch in (0, 1))
        return field(data, kind[1:]) if branch else None
    if kind[0] != "[":
        return take(data, int(kind))
    items, kinds = [], kind[1:-1].split(",")
    while count := number(data):
        if count < 0:
            count = -count
            check(number(data) >= 0)
        check(len(items) + count <= 1 << 16)
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
    """Of points with the coordinates x/z, y/z, and t = xyz: so nothing is divided."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def times(scalar, point):
    doubles = times(scalar >> 1, add(point, point)) if scalar else (0, 1, 1, 0)
    return add(doubles, point) if scalar & 1 else doubles

def point(data):
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    check(x * x % P == square and y < P and not (x == 0 and sign))
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def signed(key, message, signature):
    message = signature[:32] + key + message
    h = int.from_bytes(hashlib.sha512(message).digest(), "little") % L
    s, base = int.from_bytes(signature[32:], "little"), point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    left, right = times(s, base), add(point(signature[:32]), times(h, point(key)))
    return s < L and all((left[at] * right[2] - right[at] * left[2]) % P == 0 for at in (0, 1))

def ordered(key, value):
    """Whether this key signed a control record; its signature is its last 64 bytes."""
    return signed(key, b"votelog control record v1\n" + value[:-64], value[-64:])

def partition_of(key, count):
    """As Kafka's clients choose it: murmur2 of the key's 16 bytes."""
    m, h = 0x5BD1E995, 0x9747B28C ^ len(key)
    for k, in struct.iter_unpack("<I", key):
        k = k * m & 0xFFFFFFFF
        h = h * m & 0xFFFFFFFF ^ (k ^ k >> 24) * m & 0xFFFFFFFF
    h = (h ^ h >> 13) * m & 0xFFFFFFFF
    return ((h ^ h >> 15) & 0x7FFFFFFF) % count

class Poll:
    """A ballot in one partition: its rules, who has voted, what is counted, and what was at the positions asked for."""

    def __init__(self, event, offset, time, stops):
        rules = json.loads(event["definition"])
        check(rules["ballotId"] == event["ballotId"])
        moment = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
        self.opens, self.closes = (round(1000 * moment(rules["window"][at])) for at in ("opensAt", "closesAt"))
        self.event, self.picks, self.sections = event, rules["picks"], rules["sections"]
        self.hides = rules.get("results", {}).get("visibility", "live") == "after-close"
        self.options = [option["id"] for section in self.sections for option in section["options"]]
        self.opened, self.stops, self.at = offset, sorted(stops, reverse=True), {}
        self.reach(offset)
        self.end, self.voters, self.totals, self.latest = None, {}, collections.Counter(), time
        self.annulled, self.turns = set(), []

    def reach(self, offset):
        """All before the offset is counted; behind the last position it is remembered what comes."""
        while self.stops and self.stops[-1] <= offset:
            opened = self.stops[-1] > self.opened
            self.at[self.stops.pop()] = (collections.Counter(self.totals), self.end, self.latest) if opened else \
                (collections.Counter(), None, -1 << 63)

    def over(self, offset):
        if self.end is None:
            self.end = offset
            self.turns.append((offset, "the end"))

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

    def count(self, verdict, vote, time):
        self.totals.update(["all", "late"] if self.end is not None else ["all", "received", verdict])
        self.latest = self.latest if self.end is not None else max(self.latest, time)
        self.totals.update("option " + each for each in vote["choices"] if verdict == "ACCEPTED")

    def annul(self, voter, vote, offset):
        first = self.voters.get(voter)
        if first and first[0] == vote and voter not in self.annulled:
            self.annulled.add(voter)
            self.turns.append((offset, "the annulment of vote %s" % vote.hex()))
            self.totals.subtract("option " + each for each in first[1])
            self.totals.update(["annulled"])

class Partition:
    """What a partition of votes comes to: verdicts, each with what it is on; what is no vote; its ballots; its end."""

    def __init__(self, number, log, keys, stops):
        self.number, self.keys, self.stops = number, keys, stops
        self.polls, self.found, self.poison, self.end = {}, set(), set(), 0
        self.latest, self.back = 0, (0, 0)
        for offset, time, key, value, _ in log:
            if offset != self.end:
                raise Differs("partition %d: offset %d where %d was to come" % (number, offset, self.end))
            self.end, self.latest = offset + 1, max(self.latest, time)
            self.back = max(self.back, (self.latest - time, offset))
            for poll in self.polls.values():
                poll.reach(offset)
                if time >= poll.closes:
                    poll.over(offset)
            try:
                self.take(offset, time, key, value)
            except Poison:
                self.poison.add((number, offset))
        for poll in self.polls.values():
            poll.reach(self.end)

    def take(self, offset, time, key, value):
        event = decode(value)
        kind, ballot, poll = event["event"], event.get("ballotId"), self.polls.get(event.get("ballotId"))
        if kind == "VoteCast":
            check(key is not None and len(key) == 16)
            check(re.fullmatch("[a-z0-9][a-z0-9-]{1,62}", ballot))
            check(not poll or partition_of(key, poll.event["partitionCount"]) == self.number)
            check(not poll or struct.unpack("<q", value[2:10])[0] in poll.event["voteSchemas"])
            verdict = poll.decide(key, event, time) if poll else "UNKNOWN_BALLOT"
            self.found.add((self.number, offset, verdict, event["voteId"], ballot, time, key))
            return poll and poll.count(verdict, event, time)
        check(event.get("keyId") in self.keys and event["partition"] == self.number)
        check(ordered(self.keys[event["keyId"]], value))
        if kind == "BallotPublished" and not poll:
            check(self.number < event["partitionCount"] and len(event["voteSchemas"]) <= 1024)
            check(event["digest"] == hashlib.sha256(event["definition"].encode()).digest())
            self.polls[ballot] = Poll(event, offset, time, self.stops.get(ballot, ()))
            return
        check(poll and poll.event["digest"] == event["digest"])
        if kind == "BallotClosed":
            poll.over(offset)
        elif kind == "VoteAnnulled":
            check(partition_of(event["voter"], poll.event["partitionCount"]) == self.number)
            check(0 < len(event["reason"]) <= 500)
            check(not any(each < " " or "\x7f" <= each <= "\x9f" for each in event["reason"]))
            poll.annul(event["voter"], event["voteId"], offset)

def single_object(value, headers):
    """The value; one in registry form (00, four bytes of an id, the body) with the fingerprint that its header names."""
    marks = [mark for name, mark in headers if name == b"votelog-schema"]
    turned = value and value[0] == 0 and len(value) >= 5 and len(marks) == 1 and len(marks[0] or b"") == 8
    return b"\xc3\x01" + marks[0] + value[5:] if turned else value

def records(folder, file):
    """Offset, time, key, value and headers of each record; the layout is in the README."""
    path = pathlib.Path(folder, file["file"])
    if path.name != file["file"] or not path.is_file():
        raise ValueError("%s is no regular file of the dump" % path)
    seen, last = 0, file["begin"] - 1
    with open(path, "rb") as data:
        count = lambda: struct.unpack(">i", data.read(4))[0]
        entry = lambda: data.read(length) if (length := count()) >= 0 else None
        while head := data.read(16):
            seen, before, last = seen + 1, last, struct.unpack(">q", head[:8])[0]
            if not before < last < file["end"]:
                raise ValueError("%s is damaged: it holds offset %d behind %d records" % (path, last, seen - 1))
            key, value, headers = entry(), entry(), [(entry(), entry()) for _ in range(count())]
            yield struct.unpack(">qq", head) + (key, single_object(value, headers), dict(headers))
    if seen != file["records"]:
        raise ValueError("%s is damaged: it holds %d records, and %d are named" % (path, seen, file["records"]))

def announcement(file):
    """What was announced; what is not known here must not be passed over."""
    it = json.loads(pathlib.Path(file).read_text("utf-8"))
    ballots, format = it["ballots"], it["format"]
    unknown = {*it} - {"format", "publicKeys", "ballots", "positions", "sealedLog"}
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

def once(members):
    """A member that stands twice could say one thing to people and another to programs."""
    check(len(dict(members)) == len(members))
    return dict(members)

def raw(text, length=None):
    data = base64.urlsafe_b64decode(text + "==")
    check(base64.urlsafe_b64encode(data).decode().rstrip("=") == text and length in (None, len(data)))
    return data

def promise(it, keys):
    """What a gateway promised with this answer: the place, the time, the record's hash, the key's record."""
    sha, evidence = lambda data: hashlib.sha256(data).digest(), it["promise"]
    at, offset, index, size = it["partition"], it["offset"], evidence["index"], evidence["size"]
    check(all(type(each) is int and each >= 0 for each in (at, offset, index, size)) and index < size)
    check(evidence["format"] == "votelog-promise/2" and type(evidence["path"]) is list)
    time = round((datetime.datetime.fromisoformat(it["recordedAt"].replace("Z", "+00:00")) - moment(0)) / datetime.timedelta(milliseconds=1))
    check(it["recordedAt"] == moment(time).isoformat(timespec="milliseconds" if time % 1000 else "seconds").replace("+00:00", "Z"))
    said = raw(evidence["record"], 32)
    leaf = said + raw(it["receipt"], 32) + struct.pack(">iqq", at, offset, time) + it["ballotId"].encode("ascii")
    node, last = sha(b"\0votelog promise v2\n" + leaf), size - 1
    for sibling in (raw(each, 32) for each in evidence["path"]):  # RFC 9162, section 2.1.3.2
        check(last > 0)
        if index & 1 or index == last:
            node = sha(b"\1" + sibling + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\1" + node + sibling)
        index, last = index >> 1, last >> 1
    check(last == 0)
    record, root = raw(evidence["key"]), base64.urlsafe_b64encode(node).decode().rstrip("=")
    named = decode(record)
    check(named["event"] == "GatewayKeyNamed" and named["keyId"] in keys and ordered(keys[named["keyId"]], record))
    check(signed(named["publicKey"], b"votelog promises v1\n%d\n%s\n" % (size, root.encode()), raw(evidence["signature"], 64)))
    return at, offset, time, said, record

def promises(file, keys, unseen):
    """What gateways promised, from their answers to votes, one a line; what is none spoils no other."""
    kept = []
    for number, line in enumerate(pathlib.Path(file).read_bytes().split(b"\n"), 1):
        try:
            it = json.loads(line.decode(), object_pairs_hook=once) if line.strip() else {}
            if type(it) is not dict or it.get("promise") is not None:
                kept.append(promise(it, keys))
        except Exception as fault:
            unseen.append("%s, line %d, which is not signed by a gateway whose key one of the keys named, or no answer at all (%s)"
                          % (file, number, str(fault) or repr(fault)))
    if not kept:
        raise ValueError("%s holds no promise%s" % (file, ": " + unseen[-1] if unseen else ""))
    return kept

def sized(data):
    return struct.pack(">i", -1) if data is None else struct.pack(">i", len(data)) + data

def broken(kept, folder, votes, ballots, unseen):
    """Where the log does not have what was promised."""
    wanted = {(at, offset) for at, offset, *_ in kept}
    found = {(file["partition"], offset): hashlib.sha256(struct.pack(">qq", offset, time) + sized(key) + sized(value)).digest()
             for file in votes for offset, time, key, value, _ in records(folder, file) if (file["partition"], offset) in wanted}
    ends = {file["partition"]: file["end"] for file in votes}
    named = {value for file in ballots for _, _, _, value, _ in records(folder, file)}
    for at, offset, time, hashed, record in kept:
        if offset >= ends.get(at, offset + 1):
            unseen.append("partition %d, offset %d: promised, and behind the end of this dump" % (at, offset))
        elif found.get((at, offset)) != hashed:
            yield "partition %d, offset %d: promised to a voter as recorded at %s, and not there" % (at, offset, moment(time))
        if record not in named:
            yield "partition %d, offset %d: promised with a key that the log does not name" % (at, offset)

def moment(milliseconds):
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=milliseconds)

def public_key(text):
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError("%s is no public key" % text)
    return raw

def damage(folder, file):
    """Files are read whole: a file that is not the one of which the manifest has the hash tells nothing."""
    hashed = hashlib.sha256()
    path = pathlib.Path(folder, file["file"])
    if not path.is_file():
        raise ValueError("%s is no regular file" % path)
    with open(path, "rb") as data:
        while part := data.read(1 << 20):
            hashed.update(part)
    if hashed.hexdigest() != file["sha256"]:
        raise ValueError("%s is damaged: its SHA-256 is another one" % path)

def whole(manifest, files, partitions, max_step, unseen):
    """Whether votes are all there, up to where they were counted, stamped by the broker."""
    passed = {int(at): end for at, end in (manifest.get("counted") or {"offsets": {}})["offsets"].items()}
    for at, partition in enumerate(partitions):
        if partition.number != at or files[at]["begin"]:
            yield "partition %d is missing, or its beginning" % at
            return
        if partition.end < files[at]["end"]:
            yield "partition %d ends at %d; its end was said to be %d" % (at, partition.end, files[at]["end"])
        if files[at].get("stampedTo", partition.end) < partition.end:
            yield "partition %d, offset %d has the time that its writer named" % (at, files[at]["stampedTo"])
        if partition.back[0] > 1000 * max_step:
            yield "partition %d, offset %d is stamped %d ms before a record before it" % (at, *partition.back[::-1])
    for at, end in passed.items():
        if end > (partitions[at].end if at < len(partitions) else 0):
            yield "partition %d is cut short: the group that counts has counted it up to %d" % (at, end)
    if (manifest.get("stamps") or "LogAppendTime") != "LogAppendTime":
        yield "votes take the time that their writers name: %s" % manifest["stamps"]
    elif not manifest.get("stamps") or any("stampedTo" not in file for file in files):
        unseen.append("who stamps the records is not known")

def defined(name, standing, partitions, claim, event, unseen):
    """Whether a ballot is the same everywhere, and the one that was published first."""
    if not standing:
        yield "%s: it stands in no partition" % name
        return
    first = standing[0].event
    if any(poll.event["digest"] != first["digest"] for poll in standing):
        yield "%s: its definition is not the same in all partitions" % name
    if len(standing) < first["partitionCount"] and not event and not any(poll.totals["ACCEPTED"] for poll in standing):
        unseen.append("%s: it stands in %d partitions of %d, and may be on its way" %
                      (name, len(standing), first["partitionCount"]))
    elif len(standing) != first["partitionCount"]:
        yield "%s: it stands in %d partitions of %d" % (name, len(standing), first["partitionCount"])
    if claim and claim["digest"] != first["digest"]:
        yield "%s: first published was the definition %s" % (name, claim["digest"].hex())
    if not claim:
        unseen.append("%s: who published it first" % name)

def untrue(event, partitions, newest):
    """What is wrong with a record of results, by the counts at its positions."""
    name = event["ballotId"]
    polls = {partition.number: partition.polls[name] for partition in partitions if name in partition.polls}
    positions = {at: (next, end) for at, next, end in event["positions"]}
    if not polls:
        yield "results are published, and the ballot stands nowhere"
        return
    poll, count = min(polls.items())[1], min(polls.items())[1].event["partitionCount"]
    left = sorted({*range(count)} - {*positions}) if newest else []
    if left or len(positions) < len(event["positions"]) or {*positions} - {*range(count)}:
        yield "partitions %s of %d are not counted at all" % (left, count) if left else "positions that cannot be"
    for at, (next, end) in sorted(positions.items()):
        if at not in polls or next not in polls[at].at:
            yield "partition %d is counted up to %d, and does not go as far" % (at, next)
            return
    counted = [polls[at].at[next] for at, (next, _) in positions.items()]
    here = sum((totals for totals, _, _ in counted), collections.Counter())
    latest, ends = max([latest for _, _, latest in counted] or [0]), [end for _, end, _ in counted]
    final = sum(end is not None for end in ends) == count
    status = 4 if final else 3 if any(end is not None for end in ends) else 1 if latest < poll.opens else 2
    options = ["option " + option for option in poll.options]
    shown = here if event["votes"] is None else dict(zip(options, event["votes"]))
    there = collections.Counter({REASONS[reason]: count for reason, count in event["rejected"]},
                                ACCEPTED=event["accepted"], RETRIED=event["retried"], late=event["late"],
                                received=event["received"], annulled=event["annulled"], revision=event["revision"],
                                missing=event["missing"], replaced=event.get("replaced", 0), status=event["status"],
                                version=event["version"], **{"as of": event["asOf"]},
                                **{option: shown[option] for option in options if option in shown})
    here.update(revision=here["annulled"], status=status, **{"as of": latest},
                version=sum(next if end is None else min(next, end) for next, end in positions.values()))
    reasons = [reason for reason, _ in event["rejected"]]
    if len({*reasons}) < len(reasons) or any(not reason or count < 1 for reason, count in event["rejected"]):
        yield "rejected, by reason: it says %s" % [(REASONS[reason], count) for reason, count in event["rejected"]]
    for total in sorted(total for total in {**here, **there} if total != "all" and here[total] != there[total]):
        yield "%s: published %d, counted here %d" % (total, there[total], here[total])
    if event["digest"] != poll.event["digest"] or event["votes"] is not None and len(event["votes"]) != len(options):
        yield "it is on another definition"
    if [end for _, end in positions.values()] != ends:
        yield "partitions end at %s, and it says %s" % (ends, [end for _, end in positions.values()])
    if (event["votes"] is None) != (poll.hides and not final):
        yield "it hides what its ballot shows, or shows what it hides"

def behind(event, name, partitions, merged, complete, unseen):
    """Whether results leave out what they should have by now."""
    positions = {at: next for at, next, _ in event["positions"]} if event else {}
    for partition in partitions:
        poll, at = partition.polls.get(name), partition.number
        next = positions.get(at, 0)
        if not poll or next > partition.end:
            continue
        turns = [(offset, what) for offset, what in poll.turns if offset >= next]
        votes = poll.totals["all"] - (poll.at[next][0]["all"] if next in poll.at else 0)
        if complete and (turns or votes or not event):
            yield "partition %d: %d votes and %d ends or annulments are behind the results" % (at, votes, len(turns))
        elif event:
            for offset, what in turns:
                if merged.get(str(at), 0) > offset:
                    yield "partition %d, offset %d: %s is left out, and was added up" % (at, offset, what)
                else:
                    unseen.append("%s, partition %d: whether %s at %d was added up" % (name, at, what, offset))
    standing = [each for each in partitions if name in each.polls]
    if event or complete:
        return
    if len(standing) == standing[0].polls[name].event["partitionCount"] and all(
            merged.get(str(each.number), 0) > each.polls[name].opened for each in standing):
        yield "no results are published, and it was added up in every partition"
    else:
        unseen.append("%s: no results are published" % name)

def differences(options, unseen):
    expect = announcement(options.expect) if options.expect else None
    public_keys = options.keys or expect["publicKeys"]
    keys = {hashlib.sha256(key).digest()[:8]: key for key in map(public_key, public_keys)}
    manifest = json.loads(pathlib.Path(options.folder, "manifest.json").read_text("utf-8"))
    of = lambda topic: sorted((file for file in manifest["files"] if file["topic"] == topic),
                              key=lambda file: file["partition"])
    for file in manifest["files"]:
        damage(options.folder, file)
    def read(topic):
        for file in of(topic):
            for offset, _, key, value, headers in records(options.folder, file):
                try:
                    yield file["partition"], offset, key, decode(value), headers
                except Poison:
                    yield file["partition"], offset, key, {"event": None}, headers

    order = manifest.get("order") or []
    noted = [order.index(it) for it in ("votelog.results.v1", "votelog.decisions.v1", "votelog.dead-letters.v1",
                                        "votelog.votes.v1") if it in order]
    in_order = len(noted) == 4 and max(noted) == noted[3]
    history = [(at, offset, event) for at, offset, _, event, _ in read("votelog.results.v1")
               if event["event"] == "BallotResults"]
    stops = collections.defaultdict(lambda: collections.defaultdict(set))
    results = {event["ballotId"]: event for _, _, event in history}
    earlier = [event for _, _, event in history if event is not results[event["ballotId"]]]
    if len(earlier) > MOST_EARLIER:
        print("%d of %d earlier records of results are checked, drawn at random" % (MOST_EARLIER, len(earlier)))
    earlier = random.sample(earlier, min(len(earlier), MOST_EARLIER))
    checked = {id(event) for event in earlier}
    for event in [*results.values(), *earlier]:
        for at, next, _ in event["positions"]:
            stops[at][event["ballotId"]].add(next)
    files = of("votelog.votes.v1")
    partitions = [Partition(file["partition"], records(options.folder, file), keys, stops[file["partition"]])
                  for file in files]
    yield from whole(manifest, files, partitions, options.max_clock_step, unseen)
    polls, ends = [partition.polls for partition in partitions], {each.number: each.end for each in partitions}
    yield from held_to(expect, public_keys, polls, ends) if expect else ()
    if options.promises:
        kept = promises(options.promises, keys, unseen)
        yield from broken(kept, options.folder, files, of("votelog.ballots.v1"), unseen)
        print("%d promises are held against the log" % len(kept))
    claims = {}
    for file in of("votelog.ballots.v1"):
        for _, _, _, value, _ in records(options.folder, file):
            if value and value[:10].hex() == "c301649d3efb91e5cfe7":
                try:
                    claim = decode(value)
                    if claim["keyId"] in keys and ordered(keys[claim["keyId"]], value):
                        claims.setdefault(claim["ballotId"], claim)
                except Poison:
                    continue

    passed = {int(at): end for at, end in (manifest.get("counted") or {"offsets": {}})["offsets"].items()}
    counted = lambda at: max([next for event in results.values() for it, next, _ in event["positions"] if it == at] or [0])
    needed = {at: max(counted(at), passed.get(at, 0)) for at in ends}
    found = set().union(*(partition.found for partition in partitions))
    published = set()
    for at, offset, key, event, headers in read("votelog.decisions.v1"):
        if event["event"] != "VoteDecided":
            yield "decisions partition %d, offset %d holds no verdict" % (at, offset)
            continue
        at = int((headers.get(b"ce_id") or b"%d/" % at).split(b"/")[0])
        verdict = ["UNSPECIFIED", "ACCEPTED", "RETRIED", REASONS[event["reason"] or 0]][event["outcome"]]
        verdict = verdict if (event["reason"] is None) == (event["outcome"] != 3) else "NO VERDICT"
        published.add((at, event["voteOffset"], verdict, event["voteId"], event["ballotId"], event["recordedAt"], key))
    for each in sorted(published ^ found, key=lambda each: each[:2] + (each in found,)):
        at, offset, verdict = each[:3]
        if each in published and offset >= ends.get(at, 0):
            if in_order:
                yield "partition %d, offset %d: published %s on a vote that is not there" % (at, offset, verdict)
            else:
                unseen.append("whether votes were cut before partition %d, offset %d" % (at, offset))
        elif each in published:
            yield "partition %d, offset %d: published %s, not found here" % (at, offset, verdict)
        elif offset < needed[at]:
            yield "partition %d, offset %d: found %s, not published" % (at, offset, verdict)
    aside = {(int(headers.get(b"votelog-partition", b"-1")), int(headers.get(b"votelog-offset", b"-1")))
             for _, _, _, _, headers in read("votelog.dead-letters.v1")}
    poison = set().union(*(partition.poison for partition in partitions))
    for at, offset in sorted(aside ^ poison):
        if (at, offset) in aside and (in_order or offset < ends.get(at, 0)):
            yield "partition %d, offset %d was put aside, and is a vote, an order or nothing" % (at, offset)
        elif (at, offset) in poison and offset < needed[at]:
            yield "partition %d, offset %d is no vote, and was not put aside" % (at, offset)

    names = sorted({*results} | {name for standing in polls for name in standing})
    merged = (manifest.get("merged") or {"ballots": {}})["ballots"]
    for name in names:
        event, standing = results.get(name), [ballots[name] for ballots in polls if name in ballots]
        yield from defined(name, standing, partitions, claims.get(name), event, unseen)
        if event:
            print("%s: %d votes, of which %d accepted" % (name, event["received"], event["accepted"]))
            yield from ("%s, %s" % (name, fault) for fault in untrue(event, partitions, True))
        yield from ("%s, %s" % (name, it) for it in behind(event, name, partitions, merged.get(name, {}), options.complete, unseen))
    before = {}
    for at, offset, event in history:
        name, was = event["ballotId"], before.get(event["ballotId"])
        place, next = "results partition %d, offset %d" % (at, offset), {it: next for it, next, _ in event["positions"]}
        if was and ((event["version"], event["revision"]) < (was["version"], was["revision"])
                    or event["revision"] < was["revision"]
                    or any(next.get(it, -1) < position for it, position, _ in was["positions"])):
            yield "%s: the results of %s go back" % (place, name)
        for fault in untrue(event, partitions, False) if id(event) in checked else ():
            yield "%s, version %d of %s: %s" % (place, event["version"], name, fault)
        before[name] = event

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--expect", metavar="FILE", help="what `announce` printed: the log is held to it, and its"
                           " keys are obeyed where no others are given")
    arguments.add_argument("--complete", action="store_true", help="results that are behind anything are a difference")
    arguments.add_argument("--max-clock-step", type=float, default=300, metavar="SECONDS",
                           help="how far the times of a partition may run back (default: 300)")
    arguments.add_argument("--promises", metavar="FILE", help="answers to votes with gateways' promises, one a line: the"
                           " log must keep each")
    arguments.add_argument("folder", metavar="DUMP", help="as the auditor's command dump made it")
    arguments.add_argument("keys", metavar="KEY", nargs="*", help="whose orders the log obeys")
    given, unseen = arguments.parse_args(), []
    if not given.keys and not given.expect:
        arguments.error("whose orders does the log obey? A KEY or --expect FILE is needed")
    try:
        wrong = list(differences(given, unseen))
    except Differs as difference:
        wrong = [str(difference)]
    except Exception as fault:  # Whatever it is: by Python's own exit code it would be a difference.
        sys.exit(print("could not be counted: %s" % (str(fault) or repr(fault)), file=sys.stderr) or 2)
    more = ["… and %d more" % (len(wrong) - 10)] if len(wrong) > 10 else []
    said = ["DIFFERENCE: " + it for it in wrong[:10]] + more + ["NOT LOOKED AT: " + it for it in unseen[:10]]
    print("\n".join(said) or "All verdicts and all numbers are the same.")
    sys.exit(1 if wrong else 3 if unseen else 0)
