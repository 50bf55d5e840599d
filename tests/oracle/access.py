"""The rule of `access` (contract, section 5): five attempts in less than 60 s block an account."""
MINUTE_MS = 60_000


class Access:
    """Takes attempts, those of a user in the order of their times; `ts_ms` is when each was."""

    def __init__(self, attempts=5, block_s=900):
        self.limit, self.block_ms = attempts, block_s * 1000
        self.seen = set()
        self.times = {}   # user: times that count
        self.blocks = {}  # user: [(since, until)]

    def take(self, attempt):
        if attempt["id"] in self.seen:
            return
        self.seen.add(attempt["id"])
        user, at_ms = attempt["user"], attempt["ts_ms"]
        if attempt["outcome"] == "blocked" or self.blocked_until(user) > at_ms:
            return
        times = self.times.setdefault(user, [])
        times.append(at_ms)
        if len(times) >= self.limit and at_ms - times[-self.limit] < MINUTE_MS:
            self.blocks.setdefault(user, []).append((at_ms, at_ms + self.block_ms))
            times.clear()

    def blocked_until(self, user):
        return self.blocks.get(user, [(0, 0)])[-1][1]
