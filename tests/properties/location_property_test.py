"""Whatever lags, fails or is taken over: a cart vanishes when its bridge has counted a minute of
silence, and then only; what it was last heard, seen and selling at is the oracle's."""
import json

from hypothesis import strategies as st

from oracle.location import Location
from oracle.record import Record

from .centre import Centre
from .given import histories

NOON = 1_790_000_000_001
SALES, LOCATIONS, PRESENCE = "carrito.sales", "carrito.locations", "carrito.presence"
PARTITIONS = [(topic, number) for topic in (LOCATIONS, PRESENCE, SALES, "carrito.reports")
              for number in (0, 1)]
CARTS = ("BBCL23", "CCDF45", "FGHJ55")
BEAT_MS = 2000

# A while of beats, then a word. A word that comes when just about a minute is over is nobody's
# claim, so the whiles are well below it or well above it.
STEP = st.fixed_dictionaries({
    "while_s": st.sampled_from((0, 1, 7, 19, 71, 130)),
    "link": st.sampled_from(("up",) * 6 + ("paused", "down")),
    "cart": st.integers(0, len(CARTS) - 1),
    "kind": st.sampled_from(("fix", "fix", "fix", "sale", "sale", "heartbeat", "offline", "lost",
                             "retained", "nowhere", "closed", "closed", "asked", "online")),
    "late": st.sampled_from((0, 1000, 400_000, -100_000, -130_000)),
    "back_s": st.just(0),
})
# Kafka's clock is set back by less or more than a cart may be silent.
STEP_BACK = st.builds(lambda step, back_s: {**step, "back_s": back_s}, STEP,
                      st.sampled_from((0,) * 6 + (10, 40, 600)))


def a_history(step=STEP):
    return st.fixed_dictionaries({"steps": st.lists(step, min_size=3, max_size=14),
                                  "end_s": st.sampled_from((5, 71, 130)),
                                  "seed": st.integers(0, 2**32)})


class _Writer:
    """Kafka's log as it grows: beats into each partition, words in between."""

    def __init__(self):
        self.now_ms, self.log, self.offsets, self.seq = NOON, [], {}, 0

    def add(self, topic, partition, key, value, **headers):
        offset = self.offsets.get((topic, partition), 0)
        self.offsets[topic, partition] = offset + 1
        self.log.append(Record(topic, partition, offset, self.now_ms, key, json.dumps(value),
                               headers))

    def beat(self, mqtt=True):
        for partition in (0, 1):
            self.now_ms += 1
            self.add(PRESENCE, partition, "bridge/b1",
                     {"bridge": "b1", "mqtt": mqtt, "ts_ms": self.now_ms}, ce_type="beat")

    def spend(self, step):
        """Paused: the bridge was stopped, and says nothing; down: it has no MQTT and says so."""
        if step["back_s"]:
            self.now_ms -= step["back_s"] * 1000
            self.beat()
        end_ms = self.now_ms + step["while_s"] * 1000
        if step["link"] == "paused":
            self.now_ms = end_ms
            self.beat()
        while self.now_ms + BEAT_MS <= end_ms:
            self.now_ms += BEAT_MS - 2
            self.beat(step["link"] != "down")
        self.beat()

    def word(self, step):
        self.now_ms += 1
        self.seq += 1
        cart, kind = CARTS[step["cart"]], step["kind"]
        partition, headers = step["cart"] % 2, {"bridge": "b1"}
        if kind in ("heartbeat", "asked"):  # what a closed cart is asked for, it answers by one
            told = {"ts_ms": self.now_ms, "waiting": 0, "acked": 0, "gps": "fix",
                    **({"closed": True} if kind == "asked" else {})}
            self.add(PRESENCE, partition, cart, told, ce_type="heartbeat", **headers)
            return
        if kind in ("online", "offline", "closed", "lost", "retained"):
            told = {"state": {"retained": "online", "closed": "offline"}.get(kind, kind),
                    "epoch": "9f0c" * 4, "session": 1, "version": "1", "ts_ms": self.now_ms}
            if kind == "closed":
                told["reason"] = "closed"
            if kind in ("lost", "retained"):
                headers["retained"] = "1"
            self.add(PRESENCE, partition, cart, told, ce_type="state", **headers)
            return
        event = {"v": 1, "type": "sale" if kind == "sale" else "location", "cart": cart,
                 "epoch": "9f0c" * 4, "seq": self.seq, "ts_ms": self.now_ms - step["late"],
                 "clock": "gps"}
        if kind == "sale":
            event.update(receipt=self.seq, quantity=1)
        else:  # less than a metre further each time: no speed is impossible
            event.update(lat=-33.4 - self.seq / 1e6, lon=-70.6)
        if kind == "nowhere":
            event.update(lat=0, lon=0)
        self.add(SALES if kind == "sale" else LOCATIONS, partition, cart, event, **headers)


def records_of(history):
    """The log; and when it is read to its end, and beats come as they do."""
    writer = _Writer()
    writer.beat()
    for step in history["steps"]:
        writer.spend(step)
        writer.word(step)
    writer.spend({"while_s": history["end_s"], "link": "up", "back_s": 0})
    until = len(writer.log)
    writer.spend({"while_s": 5, "link": "up", "back_s": 0})
    return writer.log[:until], writer.log[until:], writer.now_ms + 1


def oracle_of(log):
    location = Location()
    for record in log:
        location.take(record)
    return location


def assert_carts(replay, location):
    rows = {cart: rest for cart, *rest in
            replay.query("cart, heard_ms, sale_ms, fix_ms, lat, closed_ms", "carts")}
    assert {cart: row[0] for cart, row in rows.items() if row[0]} == location.heard
    assert {cart: row[1] for cart, row in rows.items() if row[1]} == location.sale
    assert {cart for cart, row in rows.items() if row[4]} == location.closed
    assert {cart: (row[2], round(row[3], 6)) for cart, row in rows.items() if row[2]} == {
        cart: (fix[0], round(fix[1], 6)) for cart, fix in location.fix.items()}


def vanished(replay):
    """{cart: how often}, and who is still gone."""
    often, still = {}, set()
    for cart, ended, times in replay.query("subject, ended_ms, times",
                                           "alerts WHERE kind = 'cart-vanished'"):
        often[cart] = often.get(cart, 0) + times
        still |= {cart} if ended is None else set()
    links = replay.query("COUNT(*)", "alerts WHERE kind = 'link-down' AND ended_ms IS NULL "
                         "GROUP BY subject")
    assert all(count == 1 for count, in links)
    return often, still


@histories(10, history=a_history())
def test_silence_is_what_the_beats_count(replay, history):
    """Read as it comes, every minute of silence is an alert."""
    log, rest, end_ms = records_of(history)
    replay.open(instances=2)
    Centre(replay, "location", PARTITIONS, history["seed"], lags=False).run(log + rest, end_ms)
    location = oracle_of(log + rest)
    assert_carts(replay, location)
    assert vanished(replay) == (location.vanished, location.open)


@histories(10, history=a_history(STEP_BACK))
def test_a_clock_that_is_set_back_costs_nothing(replay, history):
    """Each broker's clock is the same, and goes back for all of them at once."""
    log, rest, end_ms = records_of(history)
    replay.open(instances=2)
    Centre(replay, "location", PARTITIONS, history["seed"], lags=False).run(log + rest, end_ms)
    location = oracle_of(log + rest)
    assert_carts(replay, location)
    assert vanished(replay) == (location.vanished, location.open)


@histories(30, history=a_history())
def test_a_lag_makes_no_cart_vanish(replay, history):
    """Who was silent and is heard again when it is read, need not be told of; who is not, is."""
    log, rest, end_ms = records_of(history)
    replay.open(instances=2)
    centre = Centre(replay, "location", PARTITIONS, history["seed"])
    centre.run(log, log[-1].append_ms)
    centre.lags = False
    centre.run(rest, end_ms)
    location = oracle_of(log + rest)
    assert_carts(replay, location)
    often, still = vanished(replay)
    assert all(count <= location.vanished.get(cart, 0) for cart, count in often.items())
    assert still == location.open


def test_a_look_that_was_rolled_back_is_looked_at_again(replay):
    """What is forgotten with a transaction does not wait for the next beat to be known again."""
    writer = _Writer()
    writer.beat()
    writer.word({"cart": 0, "kind": "fix", "late": 0})
    writer.spend({"while_s": 71, "link": "up", "back_s": 0})
    passed = dict.fromkeys(PARTITIONS, writer.now_ms)
    replay.open(instances=1)
    replay.assign("location", PARTITIONS, 0)
    replay.batch("location", writer.log, writer.now_ms, "commit", 0)
    assert replay.tick("location", writer.now_ms, passed, "rollback", 0)
    assert replay.tick("location", writer.now_ms, passed, "commit", 0)
    assert vanished(replay) == ({CARTS[0]: 1}, {CARTS[0]})
