"""From the vendor to the centre: whatever becomes of a cart's card, clock and words, each sale that the
vendor was told of is in the outbox, in its export and at the centre, once; `complete` is never wrong;
and the cart's days are the centre's."""
import json
import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from oracle.days import number_of_iso

from .chain_history import Chain, a_history
from .counts_property_test import Both, assert_right, shown
from .given import histories
from .words_history import missing


def at_the_centre(replay):
    """{(cart, epoch, receipt): (day, quantity, amount, voided)}; each is there once."""
    rows = replay.query(
        "cart, epoch, receipt, day, quantity, amount, voided IS NOT NULL",
        "receipts JOIN sources USING (source) WHERE kind = 0")
    twice = [key for key, count in Counter(tuple(row[:3]) for row in rows).items() if count > 1]
    assert not twice, f"counted twice: {twice}"
    return {tuple(row[:3]): tuple(row[3:]) for row in rows if not row[1].startswith("dede")}


def sold(cart):
    """{(cart, epoch, receipt): sale}, of all that it ever wrote."""
    return {(cart.plate, outbox.epoch, event["receipt"]): event for outbox in cart.outboxes
            for event in outbox.events if event["type"] == "sale"}


def exported(cart):
    lines = map(json.loads, cart.board.export())
    return {(cart.plate, line["epoch"], line["receipt"]) for line in lines
            if line.get("type") == "sale"}


def assert_once(world, centre):
    """What was told is where it should be."""
    for cart in world.carts:
        told = {(cart.plate, *one) for one in cart.told.values()}
        assert len(told) == len(cart.told), "two requests have one receipt"
        written, card = sold(cart), exported(cart)
        mine = {key for key in centre if key[0] == cart.plate}
        lacks = {(cart.plate, outbox.epoch, event["receipt"]) for outbox, event, _ in missing(cart)
                 if event["type"] == "sale"}
        assert told == written.keys(), "each request is one sale"
        assert card | mine <= written.keys()
        assert mine == written.keys() - lacks, "the centre has what Kafka got"
        for key in mine:
            assert centre[key][1:3] == (written[key]["quantity"], written[key].get("amount"))
        # Of a card that is there and sound, everything is somewhere.
        sound = {outbox.epoch for outbox in cart.outboxes if outbox.is_sound and not outbox.gone}
        ghosts = {(cart.plate, outbox.epoch, event["receipt"]) for outbox, event, ghost
                  in missing(cart) if ghost is not None and event["type"] == "sale"}
        alone = {key for key in told - card - mine - ghosts if key[1] in sound}
        assert not alone, f"told, and nowhere: {alone}"


def is_dated(outbox, event):
    return event["clock"] in ("gps", "ntp", "rtc") or event["boot"] in outbox.clocked


def sums(sales):
    """As `today` has them, of (quantity, amount, voided)."""
    stands = [(quantity, amount or 0) for quantity, amount, voided in sales if not voided]
    return [len(stands), sum(quantity for quantity, _ in stands),
            sum(amount for _, amount in stands), len(sales) - len(stands)]


def assert_days(cart, centre):
    """Each receipt is on the centre's day, and `today` is the centre's of this outbox, less what the
    desk took back, which the cart does not know."""
    outbox, days, is_whole = cart.outbox, {}, True
    sales = {event["receipt"]: event for event in outbox.events if event["type"] == "sale"}
    for receipt, day, voided in cart.board.ask("receipts", {})["rows"]:
        their_day, quantity, amount, is_void = centre[cart.plate, outbox.epoch, receipt]
        if not is_dated(outbox, sales[receipt]):
            is_whole = False
            continue
        assert day == their_day, f"{sales[receipt]} is of day {day}, not {their_day}"
        by_desk = (outbox.epoch, receipt) in cart.desk_voided
        assert is_void == (voided or by_desk), f"{sales[receipt]} is voided: {voided}"
        days.setdefault(their_day, []).append((quantity, amount, voided if by_desk else is_void))
    if is_whole:
        assert cart.board.ask("today", list(days))["days"] == list(map(sums, days.values()))


# Where nothing is written to a disk: what syncs would wait for is not what this is about.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@histories(60, history=a_history())
def test_what_the_vendor_was_told_is_at_the_centre_once(replay, history):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        boards = []
        stack.callback(lambda: [board.close() for board in boards])
        world = Chain(history, folder, boards)
        both = Both(replay, world)
        both.run()
        centre = at_the_centre(replay)
        assert_once(world, centre)
        assert_right(world, shown(replay))
        if history["quiet"]:
            for cart in world.carts:
                if cart.outbox.is_sound and not cart.outbox.lost:
                    assert_days(cart, centre)
