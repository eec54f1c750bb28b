#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A live ticker: a line for each newer result. ticker.py BROKERS [BALLOT]; needs confluent-kafka (Debian: python3-confluent-kafka)."""
import hashlib
import json
import os
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../schemas"))
from decode import Schemas  # noqa: E402  the repository's own reader of events, in plain Python


def line(result, options):
    head = "{ballotId} {status} version={version} revision={revision} received={received} accepted={accepted}"
    counts = ["%s=%d" % (option, votes) for option, votes in zip(options, result["votes"] or []) if votes]
    return " ".join([head.format(**result)] + counts)


def main(brokers, only=None):
    # Results are written in transactions: aborted ones are none. No offsets are kept: it begins at the beginning each time.
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "ticker", "enable.auto.commit": False,
                         "isolation.level": "read_committed"})
    topics = consumer.list_topics(timeout=30).topics
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)
                     for topic in ("votelog.ballots.v1", "votelog.results.v1") for partition in topics[topic].partitions])
    schemas, options, newest, waiting = Schemas(), {}, {}, {}
    while True:
        for message in consumer.consume(100, timeout=1):
            if message.error():
                raise KafkaException(message.error())
            event = schemas.decode(message.value())
            if event["event"] == "BallotPublished":
                ballot = json.loads(event["definition"])
                digest = hashlib.sha256(event["definition"].encode()).hexdigest()
                options[digest] = [option["id"] for section in ballot["sections"] for option in section["options"]]
            elif event["event"] == "BallotResults" and only in (None, event["ballotId"]):
                age = event["revision"], event["version"]
                if age > newest.get(event["ballotId"], (-1, -1)):
                    newest[event["ballotId"]], waiting[event["ballotId"]] = age, event
        for ballot in [ballot for ballot, result in waiting.items() if result["digest"] in options]:
            result = waiting.pop(ballot)
            print(line(result, options[result["digest"]]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
