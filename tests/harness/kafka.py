"""A real single-node Apache Kafka, by `./dev kafka`, and plain clients for it."""
import os
import signal
import time
import uuid
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition, KafkaError
from confluent_kafka.admin import AdminClient

from .ports import free_port
from .process import ROOT, run
from .wait import wait_until

START_SECONDS = 90
_QUIET = {"log_level": 2, "socket.nagle.disable": True,
          "allow.auto.create.topics": False}


def partition_of(key, count):
    """Where the Java clients' partitioner, and so ours, puts the key (murmur2)."""
    data, mask, factor = key.encode(), 0xFFFFFFFF, 0x5BD1E995
    mixed = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at:at + 4], "little") * factor & mask
        word = (word ^ word >> 24) * factor & mask
        mixed = mixed * factor & mask ^ word
    if len(data) > whole:
        mixed = (mixed ^ int.from_bytes(data[whole:], "little")) * factor & mask
    mixed = (mixed ^ mixed >> 13) * factor & mask
    return ((mixed ^ mixed >> 15) & 0x7FFFFFFF) % count


class Kafka:
    """The broker outlives the command that starts it, so it is found by its folder in /proc."""

    def __init__(self, folder, name="kafka", words=()):
        """`words`: what else `./dev kafka start` is told."""
        self.name = name
        self._words = words
        self.env = {}  # beside the test's own, as a Clock's
        self.port = free_port(neighbours=1)
        self.folder = Path(folder) / name
        self.brokers = f"127.0.0.1:{self.port}"
        self.log = self.folder / "kafka.log"
        self._dev = os.environ.get("CARRITO_TEST_DEV", str(ROOT / "dev"))

    def start(self):
        done = run([self._dev, "kafka", "start", "--port", self.port, "--dir", self.folder,
                    *self._words], self.env, seconds=START_SECONDS)
        assert done.returncode == 0, f"./dev kafka start failed:\n{done.stdout}{done.stderr}"
        return self

    def wait_ready(self, seconds=30):
        wait_until("Kafka answers", lambda: self.admin().list_topics(timeout=2), seconds)
        return self

    @property
    def pid(self):
        """The Java process whose command line names this folder."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"kafka.Kafka" in words and any(os.fsencode(self.folder) in w for w in words):
                return int(entry.name)
        return None

    def alive(self):
        return self.pid is not None

    def kill(self):
        """kill -9 of the Java process; what it wrote stays."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until("Kafka is gone", lambda: _has_ended(pid), 10, every=0.01)

    def pause(self):
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)

    def close(self):
        if self.pid is not None:
            os.kill(self.pid, signal.SIGCONT)
        run([self._dev, "kafka", "stop", "--dir", self.folder], seconds=60)
        self.kill()

    def tail(self, lines=15):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def admin(self):
        return AdminClient({"bootstrap.servers": self.brokers, **_QUIET})

    def producer(self):
        return Producer({"bootstrap.servers": self.brokers, "partitioner": "murmur2_random",
                         "linger.ms": 5, **_QUIET})

    def produce(self, topic, key, value, headers=None):
        """One record, and waits until Kafka has it."""
        producer = self.producer()
        producer.produce(topic, key=key, value=value, headers=headers)
        assert producer.flush(20) == 0, f"Kafka did not take a record of {topic}"

    def partitions(self, topic):
        found = self.admin().list_topics(topic, timeout=10).topics[topic]
        return sorted(found.partitions)

    def ends(self, topic):
        """The offset behind the last record of each partition."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": uuid.uuid4().hex,
                             **_QUIET})
        try:
            return [consumer.get_watermark_offsets(TopicPartition(topic, p), 10)[1]
                    for p in self.partitions(topic)]
        finally:
            consumer.close()

    def records(self, topic, seconds=30):
        """All records that the topic has now, in the order of each partition."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": uuid.uuid4().hex,
                             "enable.auto.commit": False, "enable.partition.eof": True,
                             "auto.offset.reset": "earliest", **_QUIET})
        waiting, found, start = set(), [], []
        try:
            for partition in self.partitions(topic):
                low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), 10)
                if high > low:
                    start.append(TopicPartition(topic, partition, low))
                    waiting.add(partition)
            if start:
                consumer.assign(start)
            end = time.monotonic() + seconds
            while waiting and time.monotonic() < end:
                for message in consumer.consume(1000, 0.2):
                    if message.error() is None:
                        found.append(message)
                    elif message.error().code() == KafkaError._PARTITION_EOF:
                        waiting.discard(message.partition())
            assert not waiting, f"{topic} was not read to its end in {seconds} s"
        finally:
            consumer.close()
        return found

    def wait_record(self, topic, matches, seconds=15):
        """The first record for which `matches` is true; reads from the beginning each time."""
        def found():
            return next((r for r in self.records(topic) if matches(r)), None)
        return wait_until(f"a record in {topic}", found, seconds, every=0.2)


def _has_ended(pid):
    """A zombie without another thread has, its sockets among what is closed; its parent may be slow
    to notice. The first thread is a zombie at once, while the last one still frees the heap and only
    then closes the sockets: a start in that moment finds the port taken."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state in "ZX" and len(threads) <= 1
    except OSError:
        return True


def header(record, name):
    """A header's text, or None."""
    for key, value in record.headers() or []:
        if key == name:
            return value.decode(errors="replace")
    return None
