"""A centre on paper: partitions with records, processes that read them in batches of any size,
lose a batch now and then, take over from each other, and look at what is due."""
import random

LAST_LOOKS_MAX = 60
LOOKS = 5


class Centre:
    """A role of `replay`, with processes that share its partitions, (topic, number).

    The wall clock follows Kafka's times. `lags`: what is read lags behind by as much as `seed`
    wants; else each record is read at once, and the processes look before each. `fails`:
    transactions fail now and then; what is read and when does not depend on it."""

    def __init__(self, replay, role, partitions, seed, *, instances=2, lags=True, fails=True):
        self.replay, self.role = replay, role
        self.random, self.fate = random.Random(seed), random.Random(seed)
        self.lags, self.fails = lags, fails
        self.instances = instances
        self.waiting = {partition: [] for partition in partitions}
        self.last_ms = dict.fromkeys(partitions, 0)  # Kafka's time of the last record applied
        self.held = None  # a partition whose leader is away
        self.owner = {}
        self.applied = []  # the records in the order in which they were
        self.story = []  # the same, and each look that was committed: (now_ms, passed) in its place
        self._rebalance()

    def run(self, log, end_ms):
        """Everything that happens until `end_ms`; `log` is in the order of Kafka's times."""
        self.go_through(log)
        self.read_all(end_ms)
        self._settle(end_ms)

    def go_through(self, log):
        for record in log:
            self._look(record.append_ms - 1)
            self.waiting[record.topic, record.partition].append(record)
            self._read_some(record.append_ms)

    def read_all(self, now_ms):
        while self._readable():
            self._read(now_ms)

    def look_often(self, now_ms):
        for _ in range(LOOKS):
            for instance in range(self.instances):
                self._tick(now_ms, instance)

    def _readable(self):
        return [p for p, waiting in self.waiting.items() if waiting and p != self.held]

    def _settle(self, now_ms):
        for _ in range(LAST_LOOKS_MAX):
            if not sum(self._tick(now_ms, instance) for instance in range(self.instances)):
                return
        raise AssertionError(f"{self.role} still wants something after {LAST_LOOKS_MAX} ticks")

    def _rebalance(self):
        """Partitions of one number go together, as the range assignor has it."""
        chosen = [self.random.randrange(self.instances) for _ in self.waiting]
        self.owner = {partition: chosen[partition[1]] for partition in self.waiting}
        for instance in range(self.instances):
            self.replay.assign(self.role, self._owned(instance), instance)

    def _owned(self, instance):
        return [partition for partition, owner in self.owner.items() if owner == instance]

    def _read_some(self, now_ms):
        if not self.lags and self._readable():
            self._read(now_ms)
        while self.lags and self.random.random() < 0.4 and self._readable():
            self._read(now_ms)

    def _look(self, now_ms):
        if not self.lags:
            for instance in range(self.instances):
                self._tick(now_ms, instance)
        elif self.random.random() < 0.3:
            self._tick(now_ms, self.random.randrange(self.instances))
        if self.random.random() < 0.05:
            self._rebalance()

    def _tick(self, now_ms, instance):
        """A process looks only where it has partitions."""
        owned = self._owned(instance)
        if not owned:
            return 0
        passed = {partition: self.last_ms[partition]
                  if self.waiting[partition] or partition == self.held else now_ms
                  for partition in owned}
        if self.fails and self.fate.random() < 0.2:
            self.replay.tick(self.role, now_ms, passed, "rollback", instance)
        self.story.append((now_ms, passed))
        return self.replay.tick(self.role, now_ms, passed, "commit", instance)

    def _read(self, now_ms):
        """One batch, of the partitions of one process."""
        chosen = self.random.choice(self._readable())
        instance = self.owner[chosen]
        batch, most = [], self.random.choice((1, 2, 5, 40))
        for partition in self._owned(instance):
            if partition == self.held:
                continue
            count = most if partition == chosen else self.random.randint(0, most)
            batch += self.waiting[partition][:count]
        self._apply(batch, now_ms, instance)
        self.applied += batch
        self.story += batch
        for record in batch:
            partition = record.topic, record.partition
            self.waiting[partition].remove(record)
            self.last_ms[partition] = record.append_ms

    def _apply(self, batch, now_ms, instance):
        while self.fails and self.fate.random() < 0.2:
            outcome = self.fate.choice(("rollback", "half"))
            part = batch if outcome == "rollback" else batch[:self.fate.randint(0, len(batch))]
            self.replay.batch(self.role, part, now_ms, outcome, instance)
        self.replay.batch(self.role, batch, now_ms, "commit", instance)
