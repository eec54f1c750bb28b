#!/usr/bin/env python3
"""Shows the log's events as JSON, a line each. Python 3 and its standard library alone.

Values come in by standard input, each behind its length as four bytes, big-endian. kcat gives them so:

    kcat -C -b localhost:9092 -t votelog.results.v1 -e -q -f '%R%s' | schemas/decode.py

A value is in Avro's single-object encoding: C3 01, the CRC-64-AVRO fingerprint of its schema, the binary body. The schemas are
those of the folder history beside the contracts. Fixed and bytes are shown in hexadecimal, times in UTC, those outside the
years 1 to 9999 as milliseconds. What cannot be decoded is told on standard error, and the exit code is then 1.
"""
import datetime
import glob
import json
import os
import struct
import sys
import uuid

HISTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "src/main/resources/io/votelog/schemas/history")
PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
LONGEST_TEXT, MOST_ITEMS = 1 << 20, 1 << 16
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
CANONICAL = ("name", "type", "fields", "symbols", "items", "values", "size")


def canonical(schema, space=""):
    """The Parsing Canonical Form (Avro specification), as text."""
    if isinstance(schema, list):
        return "[" + ",".join(canonical(branch, space) for branch in schema) + "]"
    if isinstance(schema, str):
        return json.dumps(schema if schema in PRIMITIVES or "." in schema or not space else space + "." + schema)
    if schema["type"] in PRIMITIVES:
        return json.dumps(schema["type"])
    name = schema.get("name", "")
    space = schema.get("namespace", name.rpartition(".")[0] or space)
    parts = []
    for key in CANONICAL:
        if key not in schema:
            continue
        value = schema[key]
        if key == "name":
            text = json.dumps(name if "." in name or not space else space + "." + name)
        elif key == "fields":
            text = "[" + ",".join(
                '{"name":%s,"type":%s}' % (json.dumps(f["name"]), canonical(f["type"], space)) for f in value) + "]"
        elif key in ("items", "values"):
            text = canonical(value, space)
        else:
            text = json.dumps(value, separators=(",", ":"))
        parts.append('"%s":%s' % (key, text))
    return "{" + ",".join(parts) + "}"


def fingerprint(text):
    """CRC-64-AVRO, in the byte order of a single-object header."""
    empty = 0xC15D213AA4D7A795
    value = empty
    for byte in text.encode():
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (empty if value & 1 else 0)
    return struct.pack("<Q", value)


class Schemas:
    def __init__(self):
        self.by_fingerprint = {}
        for path in glob.glob(os.path.join(HISTORY, "*", "*.avsc")):
            with open(path, encoding="utf-8") as file:
                schema = json.load(file)
            self.by_fingerprint[fingerprint(canonical(schema))] = schema

    def decode(self, value):
        if value[:2] != b"\xc3\x01":
            raise ValueError("no single-object encoding: it begins with " + value[:2].hex())
        schema = self.by_fingerprint.get(value[2:10])
        if schema is None:
            raise ValueError("no schema has the fingerprint " + value[2:10].hex())
        body = Body(value[10:])
        event = {"event": schema["name"].rpartition(".")[2], **body.read(schema, "")}
        if body.at != len(body.bytes):
            raise ValueError("%d bytes are left over" % (len(body.bytes) - body.at))
        return event


class Body:
    def __init__(self, data):
        self.bytes, self.at, self.named = data, 0, {}

    def take(self, count):
        if count < 0 or self.at + count > len(self.bytes):
            raise ValueError("it is cut short")
        self.at += count
        return self.bytes[self.at - count:self.at]

    def number(self, bits):
        shift = result = 0
        while shift < bits:
            byte = self.take(1)[0]
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                result &= (1 << bits) - 1
                return result >> 1 ^ -(result & 1)
        raise ValueError("a number has no end")

    def long(self):
        return self.number(64)

    def index(self, among):
        index = self.number(32)
        if not 0 <= index < len(among):
            raise ValueError("%d where 0 to %d belongs" % (index, len(among) - 1))
        return among[index]

    def text(self, length):
        if length > LONGEST_TEXT:
            raise ValueError("a text of %d bytes, and none has more than %d" % (length, LONGEST_TEXT))
        return self.take(length).decode("utf-8", "replace")

    def read(self, schema, space):
        if isinstance(schema, list):
            return self.read(self.index(schema), space)
        if isinstance(schema, str):
            if schema not in PRIMITIVES:
                return self.read(*self.named[schema if "." in schema else space + "." + schema])
            schema = {"type": schema}
        kind = schema["type"]
        if "name" in schema:
            name = schema["name"]
            space = schema.get("namespace", name.rpartition(".")[0] or space)
            self.named[name if "." in name else space + "." + name] = (schema, space)
        if kind == "record":
            return {field["name"]: self.read(field["type"], space) for field in schema["fields"]}
        if kind == "enum":
            return self.index(schema["symbols"])
        if kind == "fixed":
            data = self.take(schema["size"])
            return str(uuid.UUID(bytes=data)) if schema.get("logicalType") == "uuid" else data.hex()
        if kind == "array":
            items, count = [], self.long()
            while count:
                if count < 0:
                    count = -count
                    if self.long() < 0:
                        raise ValueError("a block of items whose size in bytes is negative")
                if len(items) + count > MOST_ITEMS:
                    raise ValueError("a list of more than %d items" % MOST_ITEMS)
                items += [self.read(schema["items"], space) for _ in range(count)]
                count = self.long()
            return items
        if kind in ("int", "long"):
            number = self.number(32 if kind == "int" else 64)
            if schema.get("logicalType") != "timestamp-millis":
                return number
            try:
                time = EPOCH + datetime.timedelta(seconds=number // 1000)
            except OverflowError:
                return number
            return time.isoformat(timespec="seconds")[:-6] + ".%03dZ" % (number % 1000)
        if kind == "null":
            return None
        if kind == "boolean":
            return self.take(1) == b"\x01"
        if kind == "bytes":
            return self.take(self.long()).hex()
        if kind == "string":
            return self.text(self.long())
        raise ValueError("a schema of type %s is not known here" % kind)


def main():
    schemas, failed, number = Schemas(), False, 0
    while header := sys.stdin.buffer.read(4):
        number += 1
        size = struct.unpack(">i", header)[0]
        try:
            value = sys.stdin.buffer.read(max(0, size))
            if len(value) < size:
                raise ValueError("it is cut short")
            print(json.dumps(schemas.decode(value), ensure_ascii=False), flush=True)
        except (ValueError, KeyError, IndexError, struct.error) as fault:
            failed = True
            print("value %d: %s" % (number, fault), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
