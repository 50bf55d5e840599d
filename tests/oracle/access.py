"""The rule of `access` (contract, section 5): five attempts in less than 60 s block an account, or
the place of it that they come from, where somebody signed in to it from there within 30 days."""
import ipaddress

MINUTE_MS = 60_000
PLACE_MS = 30 * 86_400_000


def site_of(address):
    """What counts as one place: an IPv4 address, an IPv6 /64."""
    one = ipaddress.ip_address(address)
    return str(one) if one.version == 4 else str(ipaddress.ip_network(f"{one}/64", strict=False)[0])


class Access:
    """Takes attempts, those of a user in the order of their times; `ts_ms` is when each was. A
    scope is (user, site); its site is "" for whatever comes from no place of the user."""

    def __init__(self, attempts=5, block_s=900):
        self.limit, self.block_ms = attempts, block_s * 1000
        self.seen = set()
        self.signed_in = {}  # (user, site): when last
        self.times = {}      # user: [(time, site)] that count
        self.forgiven = {}   # scope: attempts up to then do not count
        self.blocks = {}     # scope: [(since, until)]

    def take(self, attempt):
        if attempt["id"] in self.seen:
            return
        self.seen.add(attempt["id"])
        user, at_ms, site = attempt["user"], attempt["ts_ms"], site_of(attempt["address"])
        if attempt["outcome"] == "blocked" or self.blocked_until(attempt) > at_ms:
            return
        if attempt["outcome"] == "ok":
            self.forgiven.setdefault((user, site), self.forgiven.get((user, ""), 0))
            self.signed_in[user, site] = at_ms
        self.times.setdefault(user, []).append((at_ms, site))
        scope = self.scope_of(attempt)
        times = [time for time, where in self.times[user] if time > self.forgiven.get(scope, 0)
                 and self._scope(user, where, at_ms) == scope]
        if len(times) >= self.limit and at_ms - times[-self.limit] < MINUTE_MS:
            self.blocks.setdefault(scope, []).append((at_ms, at_ms + self.block_ms))
            self.forgiven[scope] = at_ms

    def _scope(self, user, site, at_ms):
        is_place = at_ms - self.signed_in.get((user, site), -PLACE_MS) < PLACE_MS
        return (user, site) if is_place else (user, "")

    def scope_of(self, attempt):
        return self._scope(attempt["user"], site_of(attempt["address"]), attempt["ts_ms"])

    def blocked_until(self, attempt):
        return self.blocks.get(self.scope_of(attempt), [(0, 0)])[-1][1]
