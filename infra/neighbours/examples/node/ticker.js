#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A live ticker: a line for each newer result. node ticker.js BROKERS [BALLOT], after npm ci in this folder.
import avro from "avsc";
import kafkajs from "kafkajs";
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const HISTORY = new URL("../../../../schemas/src/main/resources/io/votelog/schemas/history/", import.meta.url);
const EMPTY = 0xc15d213aa4d7a795n;

/** CRC-64-AVRO of a text, as the header of a single-object encoding has it. */
function fingerprint(text) {
  let value = EMPTY;
  for (const byte of Buffer.from(text)) {
    value ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      value = (value >> 1n) ^ (value & 1n ? EMPTY : 0n);
    }
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.toString("hex");
}

/** Numbers of 64 bits as BigInt: fingerprints of schemas are among them, which no Number holds. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes) => bytes.readBigInt64LE(),
  toBuffer: (number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(number);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (number) => typeof number === "bigint",
  compare: (one, other) => (one < other ? -1 : one > other ? 1 : 0),
});

/** Every version of the events that are read here, by fingerprint. */
const types = new Map();
for (const event of ["BallotPublished", "BallotResults"]) {
  for (const file of readdirSync(new URL(`${event}/`, HISTORY))) {
    const schema = JSON.parse(readFileSync(new URL(`${event}/${file}`, HISTORY)));
    const type = avro.Type.forSchema(schema, { registry: { long } });
    types.set(fingerprint(JSON.stringify(type.schema())), { event, type });
  }
}

/** An event of one of these kinds; null for any other. */
function decode(value) {
  const known = types.get(value.subarray(2, 10).toString("hex"));
  return value.readUInt16BE(0) === 0xc301 && known
    ? { event: known.event, fields: known.type.fromBuffer(value.subarray(10)) }
    : null;
}

function line(result, options) {
  const counts = options.map((option, at) => [option, result.votes?.[at] ?? 0n]).filter(([, votes]) => votes > 0);
  return [
    result.ballotId,
    result.status,
    ...["version", "revision", "received", "accepted"].map((field) => `${field}=${result[field]}`),
    ...counts.map(([option, votes]) => `${option}=${votes}`),
  ].join(" ");
}

const [brokers, only] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR });
// KafkaJS reads committed records alone unless it is told otherwise. A group of its own for each run: a ticker keeps no offsets.
const consumer = kafka.consumer({
  groupId: `ticker-${randomUUID()}`,
  readUncommitted: false,
  allowAutoTopicCreation: false,
});
const options = new Map();
const newest = new Map();

const newer = (one, other) =>
  !other || one.revision > other.revision || (one.revision === other.revision && one.version > other.version);

await consumer.connect();
await consumer.subscribe({ topics: ["votelog.ballots.v1", "votelog.results.v1"], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    const { event, fields } = decode(message.value) ?? {};
    if (event === "BallotPublished") {
      const digest = createHash("sha256").update(fields.definition).digest("hex");
      const { sections } = JSON.parse(fields.definition);
      options.set(digest, sections.flatMap((section) => section.options.map((option) => option.id)));
    } else if (event === "BallotResults" && (!only || only === fields.ballotId)) {
      const known = newest.get(fields.ballotId);
      if (newer(fields, known?.result)) {
        newest.set(fields.ballotId, { result: fields, told: false });
      }
    }
    for (const entry of newest.values()) {
      const ids = options.get(Buffer.from(entry.result.digest).toString("hex"));
      if (!entry.told && ids) {
        entry.told = true;
        console.log(line(entry.result, ids));
      }
    }
  },
});
