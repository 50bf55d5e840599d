"""A record of Kafka, as the oracle and the tests know it."""
from dataclasses import dataclass, field


@dataclass
class Record:
    topic: str
    partition: int
    offset: int
    append_ms: int
    key: str
    value: str
    headers: dict = field(default_factory=dict)

    def as_json(self):
        """For role_replay."""
        return {"topic": self.topic, "partition": self.partition, "offset": self.offset,
                "append_ms": self.append_ms, "key": self.key, "value": self.value,
                "headers": self.headers}
