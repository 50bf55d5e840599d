"""The collector's roles in a process of their own, without Kafka: see tests/replay/role_replay.c."""
from harness.process import BIN

from .lines import Lines


class Replay(Lines):
    """One process for many histories; `open` begins anew."""

    def __init__(self, program=BIN / "tests" / "role_replay"):
        super().__init__()
        self.begin([program])

    def open(self, *options, instances=1, store=None):
        """`store`: a file's path; else the store is new, and in memory."""
        where = {"store": f"sqlite://{store}"} if store else {}
        self.ask("open", {"options": list(options), "instances": instances, **where})

    def batch(self, role, records, now_ms, outcome="commit", instance=0, dies_at=0):
        """`dies_at`: the process is gone in the midst of this write of it, or behind the last: it raises
        Ended, here and in `tick`."""
        self.ask("batch", {"role": role, "instance": instance, "now_ms": now_ms, "outcome": outcome,
                           "dies_at": dies_at, "records": [r.as_json() for r in records]})

    def assign(self, role, partitions, instance=0):
        """`partitions`: all that the instance has from now on, as (topic, number)."""
        self.ask("assign", {"role": role, "instance": instance, "partitions": [
            {"topic": topic, "partition": number} for topic, number in partitions]})

    def tick(self, role, now_ms, passed, outcome="commit", instance=0, dies_at=0):
        """What was due: 0, nothing, and then nothing was done. `passed`: {(topic, number): ms} of
        the instance's partitions."""
        return self.ask("tick", {
            "role": role, "instance": instance, "now_ms": now_ms, "outcome": outcome,
            "dies_at": dies_at, "passed": [{"topic": topic, "partition": number, "passed_ms": ms}
                       for (topic, number), ms in passed.items()]})["due"]

    def act(self, what, order, now_ms, cart=None):
        """Of an operator, on an order; False where its state does not allow it."""
        return self.ask("act", {"do": what, "order": order, "now_ms": now_ms,
                                **({"cart": cart} if cart else {})})["done"]

    def query(self, columns, rest):
        """Rows as lists; blobs as text."""
        return self.ask("query", f"SELECT json_array({columns}) FROM {rest}")["rows"]

    def complete(self, rows):
        """True, False or None for each of (cart, day), the day as a number."""
        return self.ask("complete", list(rows))["complete"]

    def run(self, sql):
        """Statements without parameters, each a transaction of its own."""
        bare = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
        for statement in bare.split(";"):
            if statement.strip():
                self.ask("query", statement.strip())

    def tables(self):
        return [name for (name,) in self.query("name", "sqlite_master WHERE type = 'table'")]

    def dump(self, skip=()):
        """Every table that is not empty, as sorted rows."""
        found = {}
        for table in self.tables():
            if table in skip:
                continue
            names = [(name, kind) for name, kind in self.query(
                "name, type", f"pragma_table_info('{table}')")]
            columns = ", ".join(f"CAST({name} AS TEXT)" if kind == "BYTEA" else name
                                for name, kind in names)
            rows = self.query(columns, table)
            if rows:
                found[table] = [tuple(name for name, _ in names),
                                *sorted(map(tuple, rows), key=repr)]
        return found

    def close(self):
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
        self._log.close()
