"""Whatever carts sell, take back and lose, and whatever becomes of their words: a day is never
`complete` where something of it is missing, never false where nothing is, and true in the end where
everything came and was said."""
from harness.process import ROOT
from oracle.days import Calendar, iso_of_number
from oracle.presence import Presence
from oracle.sales import Sales

from .centre import Centre
from .given import histories
from .words_history import PARTITIONS, PRESENCE, SALES, World, a_history, missing, words_of

REBUILD = ROOT / "collector" / "sql" / "rebuild.sql"


class Both:
    """The roles that read sales and words, each at its own pace."""

    def __init__(self, replay, world):
        self.replay, self.world, seed = replay, world, world.history["seed"]
        replay.open(instances=2)
        for cart in world.carts:
            replay.run("INSERT INTO desk_epochs (cart, epoch, seq, receipt) VALUES "
                       f"('{cart.plate}', '{'de' * 8 + f'{cart.partition:02x}'}', 9, 9)")
        self.location = self._centre("location", seed)
        self.sales = self._centre("sales", seed + 1)

    def _centre(self, role, seed):
        return Centre(self.replay, role, PARTITIONS[role], seed, lags=self.world.history["lags"])

    def run(self):
        for record in self.world.log:
            for centre in (self.location, self.sales):
                centre._look(record.append_ms - 1)
            centre = self.sales if record.topic == SALES else self.location
            centre.waiting[record.topic, record.partition].append(record)
            centre._read_some(record.append_ms)
            if record.topic == PRESENCE and not self.world.ever_lost:
                assert False not in shown(self.replay).values(), "false, and nothing was ever lost"
        self.rest(self.location)
        self.rest(self.sales)
        if self.world.history["rebuild"]:
            self.rebuild()

    def rest(self, centre):
        """Reads to the end, and judges."""
        while any(centre.waiting.values()):
            centre._read(self.world.end_ms)
        for look in range(1, 5):
            for instance in range(2):
                centre._tick(self.world.end_ms + look * 10_000, instance)

    def rebuild(self):
        self.replay.run(REBUILD.read_text())
        self.sales = self._centre("sales", self.world.history["seed"] + 2)
        for record in self.world.log:
            if record.topic == SALES:
                self.sales.waiting[record.topic, record.partition].append(record)
        self.rest(self.sales)


def shown(replay):
    rows = replay.query("cart, day", "daily ORDER BY cart, day")
    return {(cart, iso_of_number(day)): told
            for (cart, day), told in zip(rows, replay.complete(rows))}


def sales_of(records):
    sales = Sales(Calendar())
    for record in sorted(records, key=lambda one: one.append_ms):
        sales.take(record)
    return sales


def presence_of(world):
    presence = Presence(Calendar())
    for record in world.log:
        if record.topic == PRESENCE:
            presence.take(record)
    return presence


def day_in(sales, plate, epoch, seq):
    return dict(sales.own_events(plate, epoch)).get(seq)


def forbidden_days(world, cart, sales):
    """Days of which something is missing that a word which came has told of."""
    whole = sales_of([one for one in world.log if one.topic == SALES]
                     + [ghost for outbox in cart.outboxes for ghost in outbox.lost.values()])
    words = words_of(world, cart)
    for outbox, event, ghost in missing(cart):
        seq = event["seq"]
        if ghost is None or not outbox.counts(event) or cart.had_late:
            continue
        if not any(one["from"] <= seq <= one["upto"] for one in words.get(outbox.epoch, [])
                   if one["from"] == outbox.begin):
            continue
        day = day_in(whole, cart.plate, outbox.epoch, seq)
        before = [at for number, at in sales.own_events(cart.plate, outbox.epoch) if number < seq]
        # The contract: never false for days before that of the newest event that both have.
        if not before or day >= max(before):
            yield day


def open_days(world, cart):
    """Days of which something waits on the cart that a word has told of; by its own time."""
    words = words_of(world, cart)
    for outbox, event, ghost in missing(cart):
        told = any(event["seq"] <= one["made"] and one["from"] == outbox.begin
                   for one in words.get(outbox.epoch, []))
        if ghost is None and told and event["clock"] in ("gps", "ntp") and not cart.had_late:
            yield Calendar().day_of(event["ts_ms"])


def is_anything_missing(world, cart):
    words = words_of(world, cart)
    return any(one["from"] <= event["seq"] <= one["upto"]
               for outbox, event, _ in missing(cart) for one in words.get(outbox.epoch, []))


def must_be_true(world, cart, sales):
    """After a quiet end, where all has come: days of outboxes that have told of their events."""
    if missing(cart) or world.history["older"]:
        return
    told = {outbox.epoch: outbox for outbox in cart.outboxes
            if outbox.listed or outbox is cart.outbox}
    # What was said once of one of which nothing is said any more stands.
    words = words_of(world, cart)
    if words.keys() - told.keys() - {None}:
        return
    # What waited when totals began anew is never told of again; a word of before may come late.
    before = [one["at_ms"] for epoch, outbox in told.items() for one in words.get(epoch, [])
              if one["from"] != outbox.begin]
    since = Calendar().day_of(max([outbox.began_ms for outbox in cart.outboxes] + before))
    for day in {day for day, plate in sales.of_day if plate == cart.plate}:
        own = [epoch for epoch in sales.sums_of_epoch(day, cart.plate)
               if not sales.is_desk(cart.plate, epoch)]
        first = {epoch: min(seq for seq, at in sales.own_events(cart.plate, epoch) if at == day)
                 for epoch in own}
        if own and day > since and all(epoch in told and told[epoch].begin <= first[epoch]
                                       for epoch in own):
            yield day


def assert_right(world, told):
    sales = sales_of([one for one in world.log if one.topic == SALES])
    presence = presence_of(world)
    for cart in world.carts:
        mine = {day: value for (plate, day), value in told.items() if plate == cart.plate}
        forbidden = {*forbidden_days(world, cart, sales), *open_days(world, cart)}
        for day, value in mine.items():
            assert not (value is True and day in forbidden), f"{cart.plate} {day}: true"
            right = presence.complete(day, cart.plate, sales)
            assert value is not True or right is True, f"{cart.plate} {day}: true, not {right}"
            if value is False and cart.is_sound:
                assert is_anything_missing(world, cart), f"{cart.plate} {day}: false"
        if world.history["quiet"] and cart.is_sound:
            for day in must_be_true(world, cart, sales):
                assert mine[day] is True, f"{cart.plate} {day}: {mine[day]}, not true"


@histories(150, history=a_history())
def test_complete_is_never_wrong(replay, history):
    world = World(history)
    both = Both(replay, world)
    both.run()
    assert_right(world, shown(replay))
