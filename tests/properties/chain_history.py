"""Random histories of carts whose outboxes are real ones, on cards that are killed, filled, made
read-only, damaged and taken away; what they write and say goes to Kafka's log on paper. Knows what each
vendor was told."""
import json
import random

from hypothesis import strategies as st

from .board import Board, Died
from .sales_history import BEGINS, DAY, HOUR, MINUTE, SECOND
from .words_history import CARTS, SALES, Cart, Outbox, World

STEP = st.fixed_dictionaries({
    "cart": st.sampled_from((0, 0, 0, 1)),
    "gap": st.sampled_from((0, 1, SECOND, 20 * SECOND, MINUTE, HOUR, 7 * HOUR, 25 * HOUR)),
    "do": st.sampled_from(("sell",) * 7 + ("void", "void", "stock", "boot", "boot", "restart", "clock",
                           "clock", "send", "send", "send", "send", "lose", "again", "rewind",
                           "prune", "upgrade", "read-only", "card", "replace", "desk-sell",
                           "desk-void") + ("word",) * 7),
    "which": st.integers(0, 999),
    "quantity": st.integers(1, 9),
    "amount": st.sampled_from((None, 0, 500, 1500)),
    # Of an act. `dies`: in the midst of one of SQLite's writes, or behind the last.
    "how": st.sampled_from(("well",) * 8 + ("full", "dies", "dies")),
    "word": st.sampled_from(("heartbeat",) * 5 + ("online", "offline", "offline", "lost",
                             "retained")),
    # Of a word; `never` of a batch: Kafka has it, and the cart does not hear of it.
    "fate": st.sampled_from(("now",) * 6 + ("never", "twice", "late", "flush", "flush")),
})


def a_history():
    steps = st.one_of(st.lists(STEP, max_size=15), st.lists(STEP, min_size=15, max_size=50))
    return st.fixed_dictionaries({
        "begin": BEGINS, "steps": steps, "seed": st.integers(0, 2**32), "older": st.just(False),
        # All is sent in the end, and every cart says so the day after.
        "quiet": st.sampled_from((True, True, False)),
        "rebuild": st.sampled_from((False, False, True)),
        "lags": st.booleans()})


class RealOutbox(Outbox):
    """What is known of a file. `acked`: what Kafka has, or lost; the cart may not know of it."""

    def __init__(self, cart, number, epoch):
        super().__init__(cart, number)
        self.epoch = epoch
        self.known = 0         # what the cart knows to be acknowledged
        self.gone = False      # nobody has the card any more
        self.is_sound = True   # else it was damaged: its own figures may be anything
        self.clocked = set()   # boots of which it has a `clock` event

    def take(self, event):
        assert event["seq"] == len(self.events) + 1, f"{event} after {len(self.events)} events"
        assert event["epoch"] == self.epoch
        self.events.append(event)
        if event["type"] == "sale":
            self.receipts[event["receipt"]] = event
        elif event["type"] == "void":
            self.receipts.pop(event["receipt"], None)
        elif event["type"] == "clock":
            self.clocked.add(event["boot"])


class RealCart(Cart):
    def __init__(self, number, now_ms, folder):
        super().__init__(number, now_ms)
        self.outbox, self.files = None, 0
        self.board = Board(folder / self.plate, self.plate)
        self.wrong_ms = 0  # by how much its clock is, while that is "none"
        self.told = {}     # what the vendor knows: {request: (epoch, receipt)}
        self.requests = 0
        self.pending = None  # what was asked when it died

    @property
    def is_sound(self):
        return all(outbox.is_sound for outbox in self.outboxes)


class Chain(World):
    """The world runs as it is made; `boards` are the caller's to close, however that ends."""

    def __init__(self, history, folder, boards):
        self.folder, self.boards = folder, boards
        self.chance = random.Random(history["seed"])
        super().__init__(history)

    def _cart(self, number):
        cart = RealCart(number, self.now_ms, self.folder)
        self.boards.append(cart.board)
        self._start(cart)
        return cart

    # The agent's lives.

    def _start(self, cart, read_only=False):
        head = cart.board.start(self.now_ms, read_only)
        if cart.outbox is None or cart.outbox.epoch != head["epoch"]:
            self._begin_outbox(cart, head)
        cart.read_only = head["read_only"]
        cart.outbox.known = head["acked"]
        for event in self._lines(cart, len(cart.outbox.events)):
            assert cart.pending and event["type"] == cart.pending["kind"], f"{event} was invented"
            cart.outbox.take(event)
        assert head["last_seq"] == len(cart.outbox.events) or not cart.outbox.is_sound, head
        self._ask_again(cart)

    def _begin_outbox(self, cart, head):
        if cart.outbox is not None:
            cart.former.append(cart.outbox)
        cart.files += 1
        cart.outbox = RealOutbox(cart.plate, cart.files, head["epoch"])
        assert head["last_seq"] == 0

    def _lines(self, cart, after):
        return [json.loads(line) for line in
                cart.board.ask("read", {"after": after, "most": 10_000})["lines"]]

    def _ask_again(self, cart):
        """Who was not answered asks once more, with the same id: it is done once."""
        asked, cart.pending = cart.pending, None
        if asked is None or asked["kind"] != "sale":
            return
        receipt = cart.board.ask("answered", asked["id"])["receipt"]
        if receipt is not None:
            assert receipt in {one["receipt"] for one in cart.outbox.events
                               if one["type"] == "sale"}, "an answer without its sale"
            cart.told[asked["id"]] = cart.outbox.epoch, receipt
            return
        self._do(cart, {**asked, "dies_at": 0})

    def _end(self, cart, step):
        if step["which"] % 2:
            cart.board.kill()
        else:
            cart.board.stop()

    def _act(self, cart, act, how="well"):
        """As the agent does: the boot's `clock` event goes before, once the time is right."""
        boot = f"boot-{cart.boots}"
        right = cart.clock != "none"
        if right and boot not in cart.outbox.clocked and act["kind"] != "clock":
            self._act(cart, {"kind": "clock"})
        wrong_ms, clock = (0, "ntp") if right else (cart.wrong_ms, "none")
        if act["kind"] != "clock" and self.chance.random() < 0.25:
            clock = "rtc" if self.chance.random() < 0.5 or not right else "none"
        self._do(cart, {
            **act, "wall_ms": max(0, self.now_ms + wrong_ms), "clock": clock, "boot": boot,
            "boot_ms": self.now_ms - cart.began_ms, "full": how == "full",
            "dies_at": self.chance.randint(1, 12) if how == "dies" else 0})

    def _do(self, cart, act):
        cart.pending = act
        try:
            done = cart.board.ask("act", act)
        except Died:
            self._start(cart)
            return
        cart.pending = None
        expected = "read-only" if cart.read_only else "full" if act["full"] else "ok"
        assert done["result"] == expected or not cart.outbox.is_sound, done
        if done["result"] == "ok":
            cart.outbox.take(done["event"])
            if act["kind"] == "sale":
                cart.told[act["id"]] = cart.outbox.epoch, done["event"]["receipt"]

    # The vendor.

    def _sell(self, cart, step):
        cart.requests += 1
        act = {"kind": "sale", "id": f"request-{cart.requests}", "quantity": step["quantity"]}
        if step["amount"] is not None:
            act["amount"] = step["amount"]
        self._act(cart, act, step["how"])

    def _void(self, cart, step):
        stands = sorted(cart.outbox.receipts)
        if stands:
            self._act(cart, {"kind": "void", "receipt": stands[step["which"] % len(stands)]},
                      step["how"])

    def _stock(self, cart, step):
        self._act(cart, {"kind": "stock"}, step["how"])

    def _restart(self, cart, step):
        self._end(cart, step)
        self._start(cart)

    def _boot(self, cart, step):
        self._end(cart, step)
        cart.boots, cart.began_ms, cart.clock = cart.boots + 1, self.now_ms, "none"
        cart.wrong_ms = -(1 + step["which"] % 30) * 5 * HOUR
        self._start(cart)

    def _clock(self, cart, _):
        cart.clock = "ntp"
        if f"boot-{cart.boots}" not in cart.outbox.clocked:
            self._act(cart, {"kind": "clock"})

    # The card.

    def _read_only(self, cart, step):
        """It sells nothing then; what waits is sent."""
        self._end(cart, step)
        self._start(cart, read_only=True)
        if cart.read_only:
            self._sell(cart, step)
            self._send_some(cart, cart.outbox, 1 + step["which"])
            self._end(cart, step)
            self._start(cart)

    def _prune(self, cart, step):
        """Acknowledged events go where the card is short of room."""
        cart.board.stop()
        cart.board.sql(f"DELETE FROM events WHERE seq <= {min(step['which'] % 40, cart.outbox.known)}")
        self._start(cart)

    def _upgrade(self, cart, _):
        """Totals begin with the oldest event that is there."""
        cart.board.stop()
        oldest = cart.board.sql("SELECT MIN(seq) FROM events")[0][0]
        cart.board.sql("DELETE FROM totals")
        cart.outbox.begin = oldest or len(cart.outbox.events) + 1
        cart.outbox.began_ms = self.now_ms
        self._start(cart)

    def _replace(self, cart, step):
        """The card is damaged, or another one is put in."""
        cart.board.stop()
        before = cart.outbox
        if step["which"] % 4 == 0:
            cart.board.remove()
            for outbox in cart.outboxes:
                outbox.gone = True
        else:
            cart.board.damage(self.chance)
            before.is_sound = False
            self.ever_lost = True
        self._start(cart)
        if cart.outbox is not before and not before.gone:
            self._bury(cart, before)

    def _bury(self, cart, outbox):
        """What is not in the file that was set aside for sending is lost."""
        there = {event["seq"]: event for file in self._former_files(cart, outbox)
                 for event in self._former_lines(cart, file, 10_000)["lines"]}
        for event in outbox.events[outbox.acked:]:
            if event["seq"] not in there:
                self._miss(cart, outbox, event)
        for seq, event in there.items():
            assert outbox.events[seq - 1] == event, "an event that was never written"

    def _miss(self, cart, outbox, event):
        outbox.lost[event["seq"]] = self._record(SALES, cart, event)
        self.ever_lost = True

    # On its way.

    def _put_event(self, cart, outbox, line):
        event = json.loads(line)
        assert event == outbox.events[event["seq"] - 1], "an event that was never written"
        outbox.lost.pop(event["seq"], None)
        self._put(SALES, cart, line)

    def _send(self, cart, step):
        self._send_some(cart, cart.outbox, 1 + step["which"] % 30, step["fate"] != "never")

    def _send_some(self, cart, outbox, most, is_heard=True):
        if outbox is not cart.outbox:
            return
        batch = cart.board.ask("read", {"after": outbox.known, "most": most})
        seen = [json.loads(line)["seq"] for line in batch["lines"]]
        for event in outbox.events[max(outbox.known, outbox.acked):batch["upto"]]:
            if event["seq"] not in seen:
                assert not outbox.is_sound, f"{event} cannot be read"
                self._miss(cart, outbox, event)
        for line in batch["lines"]:
            self._put_event(cart, outbox, line)
        outbox.acked = max(outbox.acked, batch["upto"])
        if is_heard and batch["upto"]:
            outbox.known = cart.board.ask("acknowledge", batch["upto"])["acked"]

    def _lose(self, cart, _):
        """A batch that was acknowledged, and that Kafka lost."""
        outbox = cart.outbox
        batch = cart.board.ask("read", {"after": outbox.known, "most": 1})
        if batch["upto"] <= outbox.acked:
            return
        for event in outbox.events[outbox.acked:batch["upto"]]:
            self._miss(cart, outbox, event)
        outbox.acked = batch["upto"]
        outbox.known = cart.board.ask("acknowledge", batch["upto"])["acked"]

    def _rewind(self, cart, step):
        cart.outbox.known = cart.board.ask(
            "rewind", 1 + step["which"] % (len(cart.outbox.events) + 1))["acked"]

    def _former_files(self, cart, outbox):
        return [file for file in cart.board.ask("former", {})["files"]
                if file["epoch"] == outbox.epoch]

    def _former_lines(self, cart, file, most):
        batch = cart.board.ask("read_former", {"path": file["path"], "most": most})
        return {**batch, "lines": [json.loads(line) for line in batch["lines"]]}

    def _send_former(self, cart):
        for outbox in cart.former:
            for file in self._former_files(cart, outbox):
                batch = cart.board.ask("read_former", {"path": file["path"], "most": 10_000})
                for line in batch["lines"]:
                    self._put_event(cart, outbox, line)
                outbox.acked = max(outbox.acked, batch["upto"])
                cart.board.ask("acknowledge_former", {"path": file["path"], "seq": batch["upto"]})

    def _card(self, cart, step):
        """An import of `outbox export`: all that the card has, and its word."""
        known = {outbox.epoch: outbox for outbox in cart.outboxes}
        for line in cart.board.export():
            if "counts" in (said := json.loads(line)):
                self.now_ms += 1
                self._say(cart, said, {**step, "word": "heartbeat", "fate": "now"})
            else:
                outbox = known[said["epoch"]]
                self._put_event(cart, outbox, line)
                for event in outbox.events[outbox.acked:said["seq"] - 1]:
                    self._miss(cart, outbox, event)  # until it comes
                outbox.acked = max(outbox.acked, said["seq"])

    # Words.

    def _word(self, cart, step):
        if step["fate"] == "flush":
            super()._word(cart, step)
            return
        word = step["word"]
        if not cart.outbox.is_named:
            cart.outbox.is_named = True
            self._word(cart, {"word": "online", "fate": "now"})
        if word == "heartbeat":
            said = cart.board.ask("heartbeat", {"now_ms": self.now_ms})
        else:
            said = cart.board.ask("state", {"word": {"retained": "online"}.get(word, word),
                                            "now_ms": self.now_ms})
        self._say(cart, said, step)

    def _say(self, cart, said, step):
        """As it is. A heartbeat does not name its epoch, so none comes behind another outbox's state
        in truth; here one that is late does."""
        word = step["word"]
        headers = {"ce_type": "heartbeat" if word == "heartbeat" else "state"}
        if word == "retained":
            headers["retained"] = "1"
        if step["fate"] == "late":
            said = {"epoch": cart.outbox.epoch, **said}
        text = json.dumps(said)
        if step["fate"] == "late":
            cart.late.append((text, headers))
            cart.had_late = True
        elif step["fate"] != "never":
            for _ in range(2 if step["fate"] == "twice" else 1):
                self._put("carrito.presence", cart, text, **headers)

    def _end_well(self):
        self.now_ms += 30 * HOUR
        for cart in self.carts:
            self._clock(cart, None)
            self._send_former(cart)
            while (known := cart.outbox.known) < len(cart.outbox.events):
                self._send_some(cart, cart.outbox, 10_000)
                if cart.outbox.known == known:
                    assert not cart.outbox.is_sound, "what waits cannot be sent"
                    break
        self.now_ms += 30 * HOUR
        for cart in self.carts:
            for word in ("online", "heartbeat"):
                self._word(cart, {"word": word, "fate": "now"})
            said = json.loads(self.log[-2].value).get("counts", {})
            for outbox in cart.former:
                outbox.listed = any(one["epoch"] == outbox.epoch and one["from"] == outbox.begin
                                    for one in said.get("earlier", []))
