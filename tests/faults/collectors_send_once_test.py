"""Two collectors on one store send each thing once, though the one that sends is stopped for longer
than its lease and comes back, or is killed, in the midst of sending.

What the fence promises: of what the lost one had not begun, everything leaves once; and from the
moment in which another has the lease, the lost one begins nothing. What it had begun, without an
answer that was written down, leaves again, from the other: nobody can ask a mail server whether it
kept a mail. So that is counted: once from each, with the same Message-ID and bytes, the same
X-Carrito-Id, the same id of the command, by which whoever gets it can tell.
"""
import asyncio
import json
import secrets
import sqlite3
import threading
import time
from collections import Counter

import pytest

from harness.api import Api
from harness.cart import PahoCart
from harness.chaos import Chaos
from harness.smtp import MailServer
from harness.wait import stays_true, wait_until
from harness.webhook import Hook

TURNS = 2
LEASE_S = 10
AT_A_TIME = 8  # mails that a collector has under way where none is answered
MAILS, COMMANDS, ALERTS = 20, 10, 2
CONFIG = {"command": "config", "location_s": 60}


class Sinks:
    """The mail server, the webhook and the cart, and what each was given by id."""

    def __init__(self, world):
        self.kafka = world.kafka
        self.mail = world.scene.add(MailServer()).start()
        self.hook = world.scene.add(Hook(first=204))
        self.holds, self.answers = threading.Event(), threading.Event()
        self.mail.after_dot = lambda mail, times: self._wait()
        self.cart = None

    async def _wait(self):
        if self.holds.is_set():
            while not self.answers.is_set():
                await asyncio.sleep(0.05)

    def hold(self):
        """What comes from now on waits for its answer until answer()."""
        for event in (self.answers, self.hook.answers):
            event.clear()
        for event in (self.holds, self.hook.holds):
            event.set()

    def take(self):
        """What comes from now on is answered at once; what is held stays held."""
        for event in (self.holds, self.hook.holds):
            event.clear()

    def answer(self):
        for event in (self.answers, self.hook.answers):
            event.set()

    def mails(self):
        return Counter((mail.recipients[0], mail["Message-ID"]) for mail in list(self.mail.given))

    def posts(self):
        return Counter(self.hook.ids())

    def commands(self):
        records = self.kafka.records("carrito.commands")
        return Counter(json.loads(record.value())["id"] for record in records)


class Pair:
    """Two collectors on one store; `asked` is what they said that they would send."""

    def __init__(self, world, chaos):
        self.chaos = chaos
        self.sinks = Sinks(world)
        env = {"CARRITO_SMTP": self.sinks.mail.url, "CARRITO_MAIL_RATE": 0,
               "CARRITO_MAIL_FROM": "carrito@gremio.example",
               "CARRITO_ALERT_MAIL": "jefa@example.org",
               "CARRITO_SMTP_TIMEOUT_S": 60, "CARRITO_WEBHOOK": self.sinks.hook.url}
        world.start_brokers()
        world.bridge.start().wait_ready()
        first = world.make_collector(name="first", **env).start().wait_ready()
        second = world.make_collector(name="second", store=first.store, **env).start().wait_ready()
        self.store, self.both = first.store, (first, second)
        admin = first.sign_in()
        self.apis = {c.name: world.scene.add(Api(f"http://{c.http}", admin.token))
                     for c in self.both}
        self.cart = self.sinks.cart = world.scene.add(PahoCart(world.mosquitto.port))
        self.cart.send([self.cart.outbox.sale(1)])
        wait_until("the cart is known", lambda: admin.cart(self.cart.cart), 20)
        self.mails, self.alerts, self.commands = set(), set(), set()

    def holder(self):
        """(who sends mails and posts now, the other), by what they log."""
        def taken(collector):
            lines = [line for line in collector.text().splitlines()
                     if "msg=taken" in line and "name=notify" in line]
            return lines[-1] if lines else ""  # begins with its time
        return sorted(self.both, key=taken, reverse=True)

    def ask_mails(self, collector, count=MAILS):
        for _ in range(count):
            to = f"ana-{secrets.token_hex(6)}@example.org"
            answer = self.apis[collector.name].request("POST", "/api/v1/mail/test", json={"to": to})
            assert answer.status_code == 202, answer.text
            self.mails.add(to)

    def ask_alerts(self, collector, count=ALERTS):
        api = self.apis[collector.name]
        for _ in range(count):
            user, _ = collector.add_user("viewer")
            for _ in range(6):
                api.request("POST", "/api/v1/login", json={"user": user, "password": "wrong"})
            (alert,) = wait_until("the alert", lambda user=user: [
                a for a in api.items("/alerts", kind="login-blocked") if a["subject"] == user], 10)
            self.alerts.add(f"{alert['id']}/ACTIVE_UNACK")

    def ask_commands(self, collector, count=COMMANDS):
        """Not `locate`, of which a cart gets only the newest."""
        path = f"/api/v1/carts/{self.cart.cart}/commands"
        for _ in range(count):
            answer = self.apis[collector.name].request("POST", path, json=CONFIG)
            assert answer.status_code == 202, answer.text
            self.commands.add(answer.json()["id"])

    def ask_all(self, collector):
        self.ask_mails(collector)
        self.ask_alerts(collector)
        self.ask_commands(collector)

    def pause(self, collector):
        """Outside of a transaction: within one it holds SQLite's write lock, and whoever would take
        over waits for that, which is another claim (collectors_share_test)."""
        for _ in range(50):
            collector.pause()
            if self._is_free():
                return
            collector.resume()
            time.sleep(0.05)
        raise AssertionError(f"{collector.name} was never met outside of a transaction")

    def _is_free(self):
        try:
            with sqlite3.connect(self.store, timeout=1, isolation_level=None) as db:
                db.execute("BEGIN IMMEDIATE")
                db.execute("ROLLBACK")
            return True
        except sqlite3.OperationalError:
            return False
        finally:
            db.close()

    def wait_all(self, seconds):
        sinks = self.sinks
        wait_until("every mail", lambda: self.mails <= {to for to, _ in sinks.mails()}, seconds)
        wait_until("every post", lambda: self.alerts <= set(sinks.posts()), seconds)
        wait_until("every command", lambda: self.commands <= set(sinks.commands()), seconds)
        cart = self.cart
        wait_until("every command at its cart",
                   lambda: self.commands <= {c["id"] for c in cart.commands()}, seconds)


def twice(counts, allowed):
    """What came more often than it may: twice where `allowed`, else once."""
    return {key: count for key, count in counts.items() if count > (2 if key in allowed else 1)}


def lose(pair, holder, how):
    if how == "stopped":
        pair.pause(holder)
    else:
        holder.kill()
    pair.chaos.say(f"{holder.name} is {how}")


def come_back(pair, holder, how):
    if how == "stopped":
        holder.resume()
    else:
        holder.start()
    pair.sinks.answer()  # the late answers to the one that was lost
    holder.wait_ready()
    pair.chaos.say(f"{holder.name} is back")


class Begun:
    """What the lost ones had begun, by the ids that were on their way."""

    def __init__(self):
        self.mails, self.posts, self.commands = set(), set(), set()

    def check(self, pair):
        sinks = pair.sinks
        stays_true("no mail that nobody had begun leaves twice",
                   lambda: not twice(sinks.mails(), self.mails), 2)
        assert not twice(sinks.posts(), self.posts), "a post that nobody had begun left twice"
        assert not twice(sinks.commands(), self.commands), "a command left twice"
        # What was held is what had to go again; where none was, the test has shown nothing.
        assert self.mails, "nothing was held"
        assert {sinks.mails()[mail] for mail in self.mails} == {2}, \
            "what was held did not leave again under its Message-ID"
        per_recipient = Counter(to for to, _ in sinks.mails() if to in pair.mails)
        assert set(per_recipient.values()) == {1}, "a mail has two Message-IDs"
        bytes_of = {}
        for mail in list(sinks.mail.given):
            assert bytes_of.setdefault(mail["Message-ID"], mail.raw) == mail.raw
        assert {c["id"] for c in pair.cart.commands()} == pair.commands


def lose_in_the_midst(pair, begun, how):
    """Mails and posts are held without an answer, and commands are being sent; returns who was lost
    and who is left."""
    sinks, chaos = pair.sinks, pair.chaos
    holder, other = pair.holder()
    sinks.hold()
    mails, posts = set(sinks.mails()), set(sinks.posts())
    pair.ask_alerts(holder)
    pair.ask_mails(holder)
    wait_until("mails and a post are held", lambda:
               len(set(sinks.mails()) - mails) >= AT_A_TIME and set(sinks.posts()) - posts, 15)
    chaos.pause(0, 0.5)
    commands = set(pair.commands)
    pair.ask_commands(holder)
    chaos.pause(0, 0.02)
    lose(pair, holder, how)
    begun.mails |= set(sinks.mails()) - mails
    begun.posts |= set(sinks.posts()) - posts
    begun.commands |= pair.commands - commands
    sinks.take()
    return holder, other


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_each_leaves_once(world, how):
    pair, begun = Pair(world, Chaos(f"send-once-{how}")), Begun()
    for _ in range(TURNS):
        holder, other = lose_in_the_midst(pair, begun, how)
        pair.ask_all(other)
        wait_until("another has the lease", lambda o=other: pair.holder()[0] is o, LEASE_S + 10)
        pair.wait_all(30)
        come_back(pair, holder, how)
        for collector in pair.both:
            pair.ask_all(collector)
        pair.wait_all(30)
        begun.check(pair)
