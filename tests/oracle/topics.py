"""Reads whole topics of Kafka as records of the oracle."""
import time
import uuid

from confluent_kafka import Consumer, KafkaError, TopicPartition

from .record import Record

QUIET = {"log_level": 2, "allow.auto.create.topics": False, "enable.auto.commit": False, "enable.partition.eof": True,
         "auto.offset.reset": "earliest"}


def _headers(message):
    return {name: (value or b"").decode(errors="replace")
            for name, value in message.headers() or []}


def _record(message):
    return Record(message.topic(), message.partition(), message.offset(), message.timestamp()[1],
                  (message.key() or b"").decode(errors="replace"),
                  (message.value() or b"").decode(errors="surrogateescape"), _headers(message))


def read(brokers, topic, seconds=60):
    """All that the topic has now, each partition in its order."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": uuid.uuid4().hex, **QUIET})
    try:
        known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        waiting, found = set(known), []
        consumer.assign([TopicPartition(topic, number, 0) for number in known])
        end = time.monotonic() + seconds
        while waiting:
            assert time.monotonic() < end, f"{topic} was not read to its end in {seconds} s"
            for message in consumer.consume(1000, 0.2):
                if message.error() is None:
                    found.append(_record(message))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    waiting.discard(message.partition())
        return found
    finally:
        consumer.close()
