#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads topics as a stranger does who knows nothing of Votelog: with Confluent's client, which has the schemas from a registry.

    confluent_reader.py BROKERS REGISTRY TOPIC...

A line of JSON for each record in Confluent's wire format, from the beginning of each topic to where it ends now.
"""
import json
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.avro import CachedSchemaRegistryClient, MessageSerializer

brokers, registry, *topics = sys.argv[1:]
events = MessageSerializer(CachedSchemaRegistryClient({"url": registry}))
consumer = Consumer({
    "bootstrap.servers": brokers, "group.id": "stranger", "enable.auto.commit": False,
    "isolation.level": "read_committed", "enable.partition.eof": True})
left = {
    (topic, partition)
    for topic in topics for partition in consumer.list_topics(topic, timeout=60).topics[topic].partitions}
consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in left])
while left:
    record = consumer.poll(60)
    if record is None:
        sys.exit("nothing came from %s for a minute" % sorted(left))
    place = (record.topic(), record.partition())
    if record.error():
        if record.error().code() != KafkaError._PARTITION_EOF:
            sys.exit(str(record.error()))
        left.discard(place)
    elif place in left and record.value()[:1] == b"\0":
        event = events.decode_message(record.value())
        print(json.dumps({"topic": record.topic(), "offset": record.offset(), "event": event},
                         default=lambda value: value.hex() if isinstance(value, bytes) else str(value)))
consumer.close()
