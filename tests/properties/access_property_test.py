"""Attempts to sign in that another site took, or that are read again, block by the same rule."""
import json

from hypothesis import strategies as st

from oracle.access import Access
from oracle.record import Record

from .centre import Centre
from .given import histories

NOON = 1_790_000_000_001
TOPIC = "carrito.login-attempts"
PARTITIONS = [(TOPIC, 0), (TOPIC, 1)]
TABLES = (("login_accounts", "''"), ("login_places", "site"))

PLACES = ("10.0.0.1", "10.0.0.1", "203.0.113.9", "2001:db8::1", "2001:db8::ffff:2")
KNOWN = "user0"

STEP = st.fixed_dictionaries({
    "address": st.sampled_from(PLACES),
    "user": st.sampled_from((0, 0, 0, 1)), "outcome": st.sampled_from(("ok", "refused", "refused")),
    "gap": st.sampled_from((0, 1, 1000, 14_999, 15_000, 15_001, 30_000, 400_000, 900_000)),
    "again": st.booleans(),
})


def a_history():
    return st.fixed_dictionaries({"steps": st.lists(STEP, min_size=5, max_size=40),
                                  "end": st.sampled_from((0, 1000, 60_000, 899_000, 901_000)),
                                  "seed": st.integers(0, 2**32)})


def records_of(history):
    """As the site that took them wrote them down: who is blocked is told so."""
    now_ms, log, offsets, site = NOON, [], [0, 0], Access()
    for number, step in enumerate(history["steps"]):
        now_ms += step["gap"]
        user = f"user{step['user']}"
        attempt = {"id": f"a{number}", "user": user, "address": step["address"], "ts_ms": now_ms,
                   "outcome": step["outcome"]}
        if site.blocked_until(attempt) > now_ms:
            attempt["outcome"] = "blocked"
        site.take(attempt)
        for _ in range(1 + step["again"]):
            partition = step["user"] % 2
            log.append(Record(TOPIC, partition, offsets[partition], now_ms + 2, user,
                              json.dumps(attempt)))
            offsets[partition] += 1
    return log, now_ms + 2 + history["end"]


@histories(30, cuts=st.lists(st.integers(0, 60_000), min_size=3, max_size=3),
           span=st.sampled_from((59_000, 59_999, 60_000, 60_001, 61_000)))
def test_five_in_less_than_a_minute_and_no_other(replay, cuts, span):
    times = sorted([0, *[min(cut, span) for cut in cuts], span])
    log = [Record(TOPIC, 0, number, NOON + at_ms, "ana", json.dumps(
        {"id": f"a{number}", "user": "ana", "address": "10.0.0.1", "ts_ms": NOON + at_ms,
         "outcome": "refused"})) for number, at_ms in enumerate(times)]
    replay.open(instances=2)
    Centre(replay, "access", PARTITIONS, span).run(log, NOON + span)
    rows = replay.query("since_ms", f"login_accounts WHERE until_ms > {NOON + span}")
    assert rows == ([[NOON + span]] if span < 60_000 else [])


@histories(100, history=a_history())
def test_whoever_is_blocked_there_is_blocked_here(replay, history):
    log, end_ms = records_of(history)
    replay.open(instances=2)
    replay.run(f"INSERT INTO users (name, role, password, created_ms) VALUES ('{KNOWN}', 'viewer', 'x', 0)")
    Centre(replay, "access", PARTITIONS, history["seed"]).run(log, end_ms)
    access = Access()
    for record in log:
        access.take(json.loads(record.value))
    blocked = {(user, site): (since, until) for table, column in TABLES
               for user, site, since, until in replay.query(
                   f"name, {column}, since_ms, until_ms", f"{table} WHERE until_ms > {end_ms}")}
    assert blocked == {scope: blocks[-1] for scope, blocks in access.blocks.items()
                       if blocks[-1][1] > end_ms}
    alerts = {subject for subject, in replay.query(
        "subject", "alerts WHERE kind = 'login-blocked' AND ended_ms IS NULL")}
    assert (KNOWN in alerts) == any(user == KNOWN for user, _ in blocked)
    # Whoever nobody is has no alert of his own.
    assert alerts <= {KNOWN, "*"}
