"""What carts say of their own sums (contract, sections 3 and 5): when a day is complete.

Every word is held against all events that there are, from the first one on. So this says what is
right of a centre at rest; one that lags may know less, never something else."""
import json
from collections import namedtuple
from dataclasses import dataclass, field

from .event import EPOCH

TOTALS = ("receipts", "voided", "quantity", "amount")
Word = namedtuple("Word", "begin upto made totals at_ms offline")


@dataclass
class Verdict:
    """What the words of one outbox come to, for totals that begin at one place."""
    begin: int
    upto: int = 0         # both sides agree up to here
    made: int = 0         # the newest event told of
    final: list = field(default_factory=list)  # (upto, Kafka's time, with offline)
    wrong: tuple = None   # (upto, Kafka's time) of the first word that counts what is missing
    open_ms: int = None   # of the first word that told of what waits
    since_ms: int = 0     # of the cart's last word before it told of these totals


def read_word(told, at_ms, offline):
    if not isinstance(told, dict) or not all(
            isinstance(told.get(name), int) for name in ("from", "upto", "made", *TOTALS)):
        return None
    if told["from"] < 1 or told["upto"] > told["made"] or told["made"] < 1:
        return None
    return Word(told["from"], told["upto"], told["made"], tuple(told[name] for name in TOTALS),
                at_ms, offline)


class Presence:
    """Takes the records of carrito.presence, those of a cart in their order."""

    def __init__(self, calendar):
        self.calendar = calendar
        self.epochs = {}  # cart: the epoch that its last state named
        self.words = {}   # (cart, epoch): [Word]
        self.counts = {}  # (cart, epoch, day): (sums, is it final, when), of older agents
        self.heard = {}   # cart: Kafka's time of its last word here

    def take(self, record):
        kind = record.headers.get("ce_type")
        if kind not in ("state", "heartbeat"):
            return
        try:
            said = json.loads(record.value)
        except ValueError:
            return
        is_will = said.get("state") == "lost"
        if kind == "state" and (not is_will or record.key not in self.epochs):
            self.epochs[record.key] = said.get("epoch")
        is_word = record.headers.get("retained") is None and not is_will
        if is_word:
            self.heard[record.key] = max(record.append_ms, self.heard.get(record.key, 0))
        counts, offline = said.get("counts"), said.get("state") == "offline"
        epoch = said.get("epoch") or self.epochs.get(record.key)
        if isinstance(counts, dict) and is_word:
            self._hear(record, counts, epoch, offline)
        elif isinstance(counts, list) and not is_will and epoch is not None:
            self._hear_older(record, said, epoch)

    def _hear(self, record, counts, epoch, offline):
        epoch = counts.get("epoch", epoch)
        for former in counts.get("earlier") or []:
            if epoch == former.get("epoch"):
                epoch = None  # of an outbox whose `online` is still under way
            self._keep(record.key, former.get("epoch"),
                       read_word(former, record.append_ms, offline))
        self._keep(record.key, epoch, read_word(counts, record.append_ms, offline))

    def _keep(self, cart, epoch, word):
        if word is not None and EPOCH.fullmatch(str(epoch)):
            self.words.setdefault((cart, epoch), []).append(word)

    def _hear_older(self, record, said, epoch):
        said_ms = min(said["ts_ms"], record.append_ms)  # a clock that is ahead makes no later day
        for row in said["counts"]:
            is_final = (said.get("state") == "offline"
                        or self.calendar.day_of(said_ms) > row["day"])
            sums = (row["sales"], row["quantity"], row["amount"])
            key = record.key, epoch, row["day"]
            if key not in self.counts or said_ms >= self.counts[key][2]:
                self.counts[key] = (sums, is_final, said_ms)

    # What they come to.

    def _verdicts(self, cart, epoch, sales):
        """One for each place at which totals begin."""
        found = {}
        for word in self.words.get((cart, epoch), []):
            if word.begin not in found:
                found[word.begin] = Verdict(word.begin, word.begin - 1,
                                            since_ms=self._before(cart, word.at_ms))
            one = found[word.begin]
            if word.made < one.made:
                continue  # it came late
            if word.upto >= one.upto:
                self._judge(one, word, sales.totals(cart, epoch, word.begin, word.upto))
            if word.made == word.upto or word.begin <= word.made <= one.upto:
                one.open_ms = None
            elif one.open_ms is None or word.made > one.made:
                one.open_ms = word.at_ms
            one.made = word.made
        return found.values()

    def _before(self, cart, at_ms):
        """When it had said something last."""
        return max((word.at_ms for (of, _), words in self.words.items() if of == cart
                    for word in words if word.at_ms < at_ms), default=0)

    @staticmethod
    def _judge(one, word, ours):
        if ours == word.totals:
            one.upto, one.wrong = word.upto, None
            if word.made == word.upto:
                one.final.append((word.upto, word.at_ms, word.offline))
        elif one.wrong is None or word.upto > one.wrong[0]:
            one.wrong = word.upto, word.at_ms

    def _first_days(self, one, cart, epoch, sales, at_ms):
        """From which day on what is missing is said to be missing; and the first that it may be of. An
        outbox of which both have nothing began after the last word that did not tell of it."""
        events = sales.own_events(cart, epoch)
        both = [day for seq, day in events if seq <= one.upto]
        if both:
            return both[-1], both[-1]
        ours = [day for seq, day in events if seq >= one.begin]
        first = ours[0] if ours else self.calendar.day_of(at_ms)
        since = self.calendar.day_of(one.since_ms) if one.since_ms else "0000-01-01"
        return first, min(first, since)

    def _doubts(self, cart, sales):
        """(first day, last day, is it wrong) of each outbox of the cart."""
        day_of = self.calendar.day_of
        for of, epoch in self.words:
            if of != cart:
                continue
            for one in self._verdicts(cart, epoch, sales):
                if one.wrong is not None:
                    first, possible = self._first_days(one, cart, epoch, sales, one.wrong[1])
                    yield first, day_of(one.wrong[1]), True
                    yield possible, day_of(one.wrong[1]), False
                if one.open_ms is not None:
                    _, first = self._first_days(one, cart, epoch, sales, one.open_ms)
                    if one.final:
                        first = day_of(one.final[-1][1])
                    yield first, day_of(one.open_ms), False

    def _is_confirmed(self, day, cart, epoch, sales):
        seqs = [seq for seq, at in sales.own_events(cart, epoch) if at == day]
        if any(seqs[0] <= seq <= seqs[-1] for seq, _ in sales.sources[cart, epoch].others):
            return False
        end_ms = self.calendar.start_ms(self.calendar.next_day(day))
        return any(one.begin <= seqs[0] and upto >= seqs[-1] and (offline or at_ms >= end_ms)
                   for one in self._verdicts(cart, epoch, sales)
                   for upto, at_ms, offline in one.final)

    def _older_agrees(self, day, cart, epoch, sales):
        sums, is_final, _ = self.counts.get((cart, epoch, day), (None, False, 0))
        return is_final and sums == sales.sums_of_epoch(day, cart).get(epoch)

    def complete(self, day, cart, sales):
        """True, False, or None while nobody can know."""
        doubts = [wrong for first, last, wrong in self._doubts(cart, sales) if first <= day <= last]
        if any(doubts):
            return False
        sold = sales.sums_of_epoch(day, cart)
        own = {epoch for epoch in sold if not sales.is_desk(cart, epoch)}
        good = all(self._is_confirmed(day, cart, epoch, sales)
                   or self._older_agrees(day, cart, epoch, sales) for epoch in own)
        alone = any(of == cart and at == day and sums[0] and epoch not in sold
                    for (of, epoch, at), (sums, _, _) in self.counts.items())
        if not own:
            good = bool(sold) and not self.epochs.get(cart) and not any(key[0] == cart and not sales.is_desk(*key)
                                          for key in (*sales.sources, *self.words))
        if doubts or alone or not good or sales.missing_of_day(day, cart):
            return None
        return True
