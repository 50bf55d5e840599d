"""A centre on paper: partitions with records, processes that read them in batches of any size,
lose a batch now and then, take over from each other, and look at what is due."""
import random

LAST_LOOKS_MAX = 50


class Centre:
    """`log` is what Kafka has, in the order of its times. The wall clock follows the log; what is
    read lags behind by as much as `seed` wants."""

    def __init__(self, replay, role, seed, instances=2, *, calm=False):
        self.replay, self.role = replay, role
        self.random = random.Random(seed)
        self.instances = instances
        self.calm = calm    # every record at once, one process, nothing fails
        self.waiting = {}   # partition: records
        self.last_ms = {}   # partition: Kafka's time of the last record applied
        self.owner = {}     # partition: instance
        self.steps = []     # what was done, for whoever repeats it

    def run(self, log, end_ms):
        """Everything that happens until `end_ms`."""
        for record in log:
            self._look(record.append_ms - 1)
            self.waiting.setdefault((record.topic, record.partition), []).append(record)
            self._read_some(record.append_ms)
        while any(self.waiting.values()):
            self._read(end_ms, drain=True)
        self._settle(end_ms)

    def _settle(self, now_ms):
        for _ in range(LAST_LOOKS_MAX):
            if not self._tick(now_ms, instance=0):
                return
        raise AssertionError(f"{self.role} still wants something after {LAST_LOOKS_MAX} ticks")

    def _read_some(self, now_ms):
        if self.calm:
            self._read(now_ms)
        while not self.calm and self.random.random() < 0.4 and any(self.waiting.values()):
            self._read(now_ms)

    def _look(self, now_ms):
        if self.calm or self.random.random() < 0.3:
            self._tick(now_ms, 0 if self.calm else self.random.randrange(self.instances))
        if not self.calm and self.random.random() < 0.05:
            self._rebalance()

    def _rebalance(self):
        for instance in range(self.instances):
            self.replay.forget(self.role, instance)
        self.owner.clear()

    def _passed_ms(self, now_ms):
        """By when all that Kafka had was read, as the processor finds it."""
        return min([self.last_ms.get(partition, 0) if waiting else now_ms
                    for partition, waiting in self.waiting.items()], default=now_ms)

    def _tick(self, now_ms, instance):
        passed_ms = self._passed_ms(now_ms)
        if not self.calm and self.random.random() < 0.2:
            self.replay.tick(self.role, now_ms, passed_ms, "rollback", instance)
        return self.replay.tick(self.role, now_ms, passed_ms, "commit", instance)

    def _read(self, now_ms, drain=False):
        """One batch, of the partitions of one process."""
        chosen = self.random.choice(sorted(p for p, waiting in self.waiting.items() if waiting))
        instance = 0
        if not self.calm:
            instance = self.owner.setdefault(chosen, self.random.randrange(self.instances))
        batch, most = [], 1 if self.calm else self.random.choice((1, 2, 5, 40))
        for partition in sorted(self.waiting):
            if partition == chosen or self.owner.get(partition) == instance:
                count = most if drain or self.calm else self.random.randint(1, most)
                batch += self.waiting[partition][:count]
        self._apply(batch, now_ms, instance)
        for record in batch:
            partition = record.topic, record.partition
            self.waiting[partition].remove(record)
            self.last_ms[partition] = record.append_ms

    def _apply(self, batch, now_ms, instance):
        while not self.calm and self.random.random() < 0.2:
            outcome = self.random.choice(("rollback", "half"))
            part = batch if outcome == "rollback" else batch[:self.random.randint(0, len(batch))]
            self.replay.batch(self.role, part, now_ms, outcome, instance)
        self.replay.batch(self.role, batch, now_ms, "commit", instance)
