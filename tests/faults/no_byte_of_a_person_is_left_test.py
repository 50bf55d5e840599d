"""One person goes through every door (application, order, sale by name at a cart and at the desk, report, sign-in,
phone, a letter that nobody can read) and is erased: no byte of the person is left in the store and its log, in a
backup of afterwards, in the programs' logs, in mails to others, in any topic once its retention is over, and again
after --rebuild; all sums, distinct clients and revisions are what they were."""
import base64
import hashlib
import hmac
import json
import secrets
import struct
import time

import pytest
import requests
from confluent_kafka.admin import ConfigResource

from harness.api import Api
from harness.centre import Centre
from harness.events import Outbox, line, now_ms, plate
from harness.kafka import Kafka
from harness.people import applicant
from harness.smtp import MailServer
from harness.wait import wait_until

DAY_MS = 24 * 3600 * 1000
GUILD_KEY = "a key of sixteen bytes"
SOON = ("log.retention.check.interval.ms=500", "log.cleaner.backoff.ms=300", "log.initial.task.delay.ms=300")
# In the test a fortnight is a second.
OVER = {"retention.ms": "1000", "message.timestamp.type": "LogAppendTime"}
COMPACTED = {"cleanup.policy": "compact", "segment.ms": "200", "min.cleanable.dirty.ratio": "0.001",
             "retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
COMPACTED_TOPICS = ("carrito.alerts", "carrito.daily-sales")


def pseudonym(name):
    """As contract, section 7, has it."""
    digest = hmac.new(GUILD_KEY.encode(), name.encode(), hashlib.sha256).digest()
    return "~" + base64.urlsafe_b64encode(digest).decode()[:22]


class Person:
    """By words and numbers that nothing else has."""

    def __init__(self, form):
        mark = secrets.token_hex(4)
        self.form, self.name, self.user = form, f"Ana Soto {mark}", f"ana{mark}"
        self.client = self.name if form == "names" else pseudonym(self.name)
        self.member = applicant(name=f"Ana{mark}", lastname=f"Rojas{mark}", plate=plate("M"),
                                email=f"Ana.{mark}@example.cl")
        self.lat = -33.4 - secrets.randbelow(10**7) / 1e9
        self.password = secrets.token_urlsafe(12)

    def keys(self):
        return {"rut": self.member["rut"], "mail": self.member["email"].lower(), "client": self.name,
                "user": self.user}

    def words(self):
        return [*self.ruts(), self.member["email"], self.member["email"].lower(), self.member["name"],
                self.member["lastname"], self.name, str(self.lat)]

    def ruts(self):
        """As people write it."""
        rut = self.member["rut"]
        return [rut, f"{int(rut[:-2]):,}".replace(",", ".") + rut[-2:], rut.replace("-", "")]

    def traces(self):
        """As they would stand in a file of SQLite."""
        return [word.encode() for word in (*self.words(), self.user, self.client)] + [struct.pack(">d", self.lat)]


def found_in(traces, data):
    return [trace for trace in traces if trace in data]


def post(api, path, expected=(200, 201, 202, 204), **body):
    answer = api.request("POST", f"/api/v1{path}", json=body)
    assert answer.status_code in expected, f"{path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def configure(kafka, topic, values):
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic, set_config=values)
    admin = kafka.admin()  # what is asked ends with it
    for future in admin.alter_configs([resource]).values():
        future.result(20)


class Stage:
    """The centre, a cart with an agent, a guild's mail server."""

    def __init__(self, scene, form):
        words = [word for setting in SOON for word in ("--set", setting)]
        self.mails = scene.add(MailServer()).start()
        self.person = Person(form)
        keyfile = scene.folder / "clients.key"
        keyfile.write_text(GUILD_KEY + "\n")
        naming = {"CARRITO_CLIENTS": form, "CARRITO_CLIENTS_KEYFILE": keyfile}
        self.centre = Centre(scene, scene.add(Kafka(scene.folder, words=words)))
        self.centre.collector = self.centre.make_collector(
            CARRITO_SMTP=self.mails.url, CARRITO_MAIL_FROM="gremio@example.org",
            CARRITO_ALERT_MAIL="guardia@example.org", CARRITO_REPORT_MAIL="caja@example.org",
            CARRITO_LOGIN_BLOCK_S=2, CARRITO_CLOSE_GRACE_S=1, **naming)
        self.agent = self.centre.make_agent(self.person.member["plate"], **naming)
        self.office = Outbox()
        self.outbox = Outbox()

    def start(self):
        self.centre.start_brokers()
        for topic in COMPACTED_TOPICS:
            configure(self.centre.kafka, topic, COMPACTED)
        for part in (self.centre.bridge.start(), self.centre.collector.start()):
            part.wait_ready()
        self.centre.sign_in()
        self.agent.start().wait_socket()
        return self

    # ---- the doors ----

    def sell(self):
        person, kafka = self.person, self.centre.kafka
        for quantity, client in ((2, person.name), (1, person.name), (3, "Otra")):
            assert self.agent.sell(quantity, client, 1000).returncode == 0
        post(self.centre.api, "/sales", cart=self.outbox.cart, quantity=4, client=person.name, amount=2000)
        late = now_ms() - 2 * DAY_MS
        sale = self.outbox.sale(5, client=person.client, ts_ms=late, amount=500)
        taken_back = self.outbox.sale(1, client=person.client)
        for event in (sale, taken_back, self.outbox.event("void", receipt=taken_back["receipt"]),
                      {**sale, "quantity": 9}):
            kafka.produce("carrito.sales", event["cart"], line(event))
        # The first day of this cart is closed by now or soon; this one revises it.
        wait_until("the day is closed", lambda: self.days(status="closed"), 30)
        again = self.outbox.sale(2, client=person.client, ts_ms=late + 1)
        kafka.produce("carrito.sales", again["cart"], line(again))
        wait_until("the revision", lambda: [day for day in self.days() if day["revision"] > 1], 20)

    def days(self, **query):
        return [row for row in self.centre.api.items("/daily-sales", cart=self.outbox.cart)
                if all(row[key] == value for key, value in query.items())]

    def apply_and_order(self):
        person, api = self.person, self.centre.api
        stranger = Api(api.base)
        post(stranger, "/members", **person.member)
        row = wait_until("the application", lambda: [m for m in api.items("/members")
                                                     if m["rut"] == person.member["rut"]], 20)[0]
        post(api, f"/members/{row['id']}/decision", accept=True, reason=f"la conoce {person.name}")
        post(stranger, "/orders", product="sopaipilla", price=500, quantity=1, email=person.member["email"],
             lat=person.lat, lon=-70.6)
        post(stranger, "/reports", cart=person.member["plate"], lat=-33.4, lon=-70.6,
             note=f"es de {person.name}, {', '.join(person.ruts())}, {person.member['email'].lower()}")
        self.centre.kafka.produce("carrito.members", b"", f'{{"rut":"{person.member["rut"]}","name":"'
                                  f'{person.member["lastname"]}", {person.member["email"]}'.encode())

    def sign_in(self):
        person, api = self.person, self.centre.api
        done = self.centre.collector.command("user", "add", "--role", "operator", person.user,
                                             stdin=person.password + "\n")
        assert done.returncode == 0, done.stderr
        body = {"user": person.user, "password": person.password}
        token = post(Api(api.base), "/login", **body)["token"]
        for _ in range(6):
            post(Api(api.base), "/login", expected=(401, 403, 429), **{**body, "password": "wrong horse battery"})
        return token

    def phone(self):
        """One that speaks for the member's cart; returns its secret."""
        cart = self.person.member["plate"]
        token = post(self.centre.api, "/tokens", name=cart.lower(), role="tracker", days=1)["token"]
        assert self.publish(token) == 200
        return token

    def publish(self, token):
        fix = {"_type": "location", "lat": -33.4372, "lon": -70.6506, "tst": int(time.time()), "acc": 14, "tid": "23"}
        return requests.post(self.centre.api.base + "/pub", json=fix, timeout=15,
                             auth=(self.person.member["plate"].lower(), token)).status_code

    def wait_settled(self):
        """Everything is where it is kept, and its mails have left."""
        api, person = self.centre.api, self.person
        wait_until("alert and mails", lambda: self.mails.to("guardia@example.org")
                   and len(self.mails.to(person.member["email"])) == 5, 30)
        wait_until("sales of the cart", lambda: [row for row in api.items("/sales", cart=person.member["plate"])
                                                 if row["client"] == person.client], 20)
        wait_until("the letter", lambda: [one for one in api.items("/dead-letters")
                                          if person.member["rut"] in one["text"]], 20)
        wait_until("the conflict", lambda: api.items("/set-aside", cart=self.outbox.cart), 20)
        wait_until("the report", lambda: [one for one in api.items("/reports") if person.name in (one["note"] or "")],
                   20)
        wait_until("nothing is owed", lambda: all(one["lag"] in (0, None) for one in api.items("/consumers")), 20)

    # ---- what is looked at ----

    def figures(self):
        api = self.centre.api
        days = api.items("/daily-sales")
        return {"days": days, "guild": api.items("/daily-sales", group="guild"),
                "month": api.items("/daily-sales", group="month"), "audit": api.items("/audit"),
                "revisions": [api.items(f"/daily-sales/{row['day']}/{row['cart']}/revisions") for row in days
                              if row["revision"] > 0]}

    def assert_store_is_clean(self):
        store, traces = self.centre.collector.store, self.person.traces()
        backup = self.centre.folder / f"backup-{secrets.token_hex(2)}.db"
        assert self.centre.collector.command("backup", backup).returncode == 0
        for file in (store, store.with_name(store.name + "-wal"), backup):
            assert file.exists() and found_in(traces, file.read_bytes()) == [], file.name

    def assert_logs_are_clean(self):
        traces = [trace for trace in self.person.traces() if len(trace) > 8]
        for program in (self.centre.collector, self.centre.bridge, self.agent):
            assert found_in(traces, program.log.read_bytes()) == [], program.name

    def assert_others_mails_are_clean(self):
        """The guild's own: they have ids."""
        for mail in self.mails.to("guardia@example.org") + self.mails.to("caja@example.org"):
            text = mail["Subject"] + "".join(part.get_content() for part in mail.walk() if not part.is_multipart()
                                             and part.get_content_maintype() == "text")
            assert found_in(self.person.words(), text) == [], mail["Subject"]

    def in_topics(self, topics):
        """{topic: what is found} of what Kafka still has."""
        traces, found = [*self.person.words(), self.person.user], {}
        for topic in topics:
            for record in self.centre.kafka.records(topic):
                data = b"\n".join(part for part in (record.key(), record.value(), *(
                    value for _, value in record.headers() or [])) if part is not None)
                if found_in(traces, data.decode(errors="replace")):
                    found.setdefault(topic, set()).update(found_in(traces, data.decode(errors="replace")))
        return found

    def tell_other_alerts(self):
        """Compaction leaves out the segment that is written to: another record begins a new one."""
        producer = self.centre.kafka.producer()
        for topic in COMPACTED_TOPICS:
            for part in self.centre.kafka.partitions(topic):
                producer.produce(topic, partition=part, key=b"other", value=b'{"id":"other"}')
        assert producer.flush(20) == 0

    def assert_topics_are_clean(self):
        self.tell_other_alerts()
        found = self.in_topics(self.topics())
        assert found == {}, found
        return True

    def topics(self):
        return [name for name in self.centre.kafka.admin().list_topics(timeout=10).topics
                if name.startswith("carrito.") and name != "carrito.time"]

    def rebuild(self):
        collector = self.centre.collector
        assert collector.terminate() == 0
        done = collector.command("--rebuild")
        assert done.returncode == 0, done.stderr
        collector.start().wait_ready()
        self.centre.sign_in()


def assert_same(after, before):
    assert [(key, before[key], after[key]) for key in before if after[key] != before[key]] == []


@pytest.mark.parametrize("form", ("names", "pseudonym"))
def test_no_byte_of_a_person_is_left(scene, form):
    stage = Stage(scene, form).start()
    person, api = stage.person, stage.centre.api
    stage.apply_and_order()
    stage.sell()
    token, phone = stage.sign_in(), stage.phone()
    stage.wait_settled()
    before = stage.figures()
    store = stage.centre.collector.store
    there = store.read_bytes() + store.with_name(store.name + "-wal").read_bytes()
    assert set(person.traces()) - set(found_in(person.traces(), there)) <= {str(person.lat).encode()}
    assert set(stage.in_topics(stage.topics())) >= {
        "carrito.members", "carrito.order-requests", "carrito.order-notifications", "carrito.reports",
        "carrito.login-attempts", "carrito.alerts", "carrito.dead-letters"}

    post(api, "/people/erase", **person.keys())
    sent = len(stage.mails.given)
    stage.assert_store_is_clean()
    assert_same(stage.figures(), before)
    assert Api(api.base, token).request("GET", "/api/v1/carts").status_code == 401
    assert stage.publish(phone) == 401

    stage.rebuild()
    wait_until("all that was sold", lambda: stage.centre.api.items("/audit") == before["audit"], 30)
    assert_same(stage.figures(), before)
    stage.assert_store_is_clean()

    kafka = stage.centre.kafka
    kept = ("carrito.sales",) if form == "pseudonym" else ()
    for topic in set(stage.topics()) - {*COMPACTED_TOPICS, *kept}:
        configure(kafka, topic, OVER)
    wait_until("retention is over", stage.assert_topics_are_clean, 40, every=1)
    if kept:
        assert kafka.records("carrito.sales")
        stage.rebuild()
        wait_until("all that was sold", lambda: stage.centre.api.items("/audit") == before["audit"], 30)
        assert_same(stage.figures(), before)
    stage.assert_store_is_clean()
    stage.assert_logs_are_clean()
    stage.assert_others_mails_are_clean()
    assert [mail for mail in stage.mails.given[sent:] if person.member["email"] in mail.recipients] == []
