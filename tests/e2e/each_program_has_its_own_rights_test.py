"""With Kafka's files for more than one box, as they are shipped, each program does its whole job under
its own name, and none may do what is another's."""
import functools
import json
import secrets

import pytest
import yaml
from confluent_kafka import (Consumer, KafkaError, KafkaException, Producer, TopicPartition,
                             libversion)
from confluent_kafka.admin import AdminClient, NewTopic

from harness.centre import Centre
from harness.events import plate
from harness.process import BIN, ROOT, run
from harness.programs import Collector
from harness.secured_kafka import SHIPPED, START_SECONDS, Authority, Node
from harness.wait import wait_until

USERS = ("carrito-bridge", "carrito-collector", "carrito-topics", "carrito-operator")
# A Kafka of one broker: what three need is tried where one box grows (faults/).
ONE = {"offsets.topic.replication.factor": 1, "transaction.state.log.replication.factor": 1,
       "transaction.state.log.min.isr": 1, "default.replication.factor": 1,
       "min.insync.replicas": 1}
REFUSED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED,
           KafkaError.GROUP_AUTHORIZATION_FAILED}


# By a certificate, and by a password where the library can (cluster.properties says which cannot).
WAYS = ["certificate"] + (["password"] if libversion()[1] >= 0x02060100 else [])


class Secured:
    """One broker with the shipped files and list, and who may come in."""

    def __init__(self, scene, way):
        self.folder, self.way = scene.folder / way, way
        self.folder.mkdir(exist_ok=True)
        self.authority = Authority(self.folder)
        self.passwords = {user: secrets.token_urlsafe(24) for user in USERS}
        self.node = scene.add(Node(self.folder, 1))
        self.node.configure_cluster(self.authority, self.node.controller, **ONE)
        # An id of Kafka's own making: one that begins with "-" would be taken for an option.
        cluster_id = self.node.tool("storage", "random-uuid").strip()
        self.node.format("--standalone", "--cluster-id", cluster_id, *(
            word for user, password in self.passwords.items()
            for word in ("--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]")))
        self.node.start()
        listener = "CLIENTS" if way == "password" else "PROGRAMS"
        self.brokers = f"127.0.0.1:{self.node.ports[listener]}"
        wait_until("Kafka answers", self.answers, START_SECONDS, every=0.2)
        self.node.tool("acls", "apply", seconds=300)

    def answers(self):
        assert self.node.alive(), self.node.tail()
        return AdminClient(self.settings("carrito-topics")).list_topics(timeout=2).brokers

    def settings(self, user):
        return {"bootstrap.servers": self.brokers, "log_level": 0, "socket.timeout.ms": 5000,
                **(self.by_password(user, self.passwords[user]) if self.way == "password" else
                   self.by_certificate(self.certificate(user)))}

    @functools.cache
    def certificate(self, user):
        return self.authority.node(user, "carrito-programs")

    def by_password(self, user, password):
        return {"security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": user, "sasl.password": password,
                "ssl.ca.location": str(self.authority.file)}

    def by_certificate(self, file):
        return {"security.protocol": "ssl", "ssl.ca.location": str(self.authority.file),
                "ssl.key.location": str(file), "ssl.certificate.location": str(file)}

    def at(self, listener, settings):
        return {"bootstrap.servers": f"127.0.0.1:{self.node.ports[listener]}", "log_level": 0,
                **settings}

    def file(self, user):
        """What the guide writes into a program's file."""
        path = self.folder / f"{user}.conf"
        path.write_text("".join(f"kafka.{key}={value}\n"
                                for key, value in self.settings(user).items()
                                if key.startswith(("security", "sasl", "ssl"))))
        path.chmod(0o640)
        return path

    def as_user(self, program, user):
        program.argv += ["--config", str(self.file(user))]
        return program


@pytest.fixture(scope="module", params=WAYS)
def secured(module_scene, request):
    return Secured(module_scene, request.param)


def records(settings, topic, seconds=20):
    """All that a topic has, or the error that it may not be read. The library asks for a group, which
    nobody may use; to read needs none."""
    consumer = Consumer({**settings, "group.id": "carrito-none", "enable.partition.eof": True,
                         "enable.auto.commit": False, "auto.offset.reset": "earliest"})
    found, waiting = [], None
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic]
        if partitions.error is not None:
            raise KafkaException(partitions.error)
        waiting = set(partitions.partitions)
        consumer.assign([TopicPartition(topic, number, 0) for number in waiting])
        while waiting:
            message = consumer.poll(seconds)
            assert message is not None, f"{topic} was not read to its end"
            if message.error() is None:
                found.append(message)
            elif message.error().code() == KafkaError._PARTITION_EOF:
                waiting.discard(message.partition())
            elif message.error().code() != KafkaError.GROUP_AUTHORIZATION_FAILED:
                raise KafkaException(message.error())
        return found
    finally:
        consumer.close()


class Owner:
    """What a Centre asks of its Kafka."""

    def __init__(self, secured):
        self.brokers, self.alive = secured.brokers, secured.node.alive


def start_centre(scene, secured):
    centre = Centre(scene, kafka=Owner(secured))
    for program, user in ((centre.bridge, "carrito-bridge"),
                          (centre.collector, "carrito-collector")):
        secured.as_user(program, user)
    topics = secured.as_user(Collector(scene.folder, secured.brokers, "topics"), "carrito-topics")
    topics.create_topics()
    centre.mosquitto.start().wait_ready()
    centre.bridge.start().wait_ready()
    centre.collector.start().wait_ready()
    centre.sign_in()
    return centre


def test_each_does_its_whole_job_and_asks_for_nothing_more(scene, secured):
    centre = start_centre(scene, secured)
    agent = centre.make_agent(plate(), CARRITO_GPS="sim:5").start().wait_ready()
    assert agent.sell(3, client="Ana Soto", amount=1500).returncode == 0
    wait_until("the sale has come", lambda: centre.api.daily(cart=agent.cart), 30)
    wait_until("a position has come", lambda: centre.api.cart(agent.cart)["lat"], 30)

    answer = centre.api.request("POST", f"/api/v1/carts/{agent.cart}/commands",
                                json={"command": "locate"})
    assert answer.status_code == 202, answer.text
    superuser = secured.at("NODES", secured.by_certificate(secured.authority.node("admin")))
    wait_until("the cart says that the command is done", lambda: any(
        json.loads(r.value()).get("done") for r in records(superuser, "carrito.presence")
        if r.key() == agent.cart.encode()), 60, every=1)
    alerts = [json.loads(r.value())["kind"] for r in records(superuser, "carrito.alerts")]
    assert "unregistered-cart" in alerts

    answer = centre.api.request("POST", "/api/v1/members", json={
        "name": "Ana", "lastname": "Soto", "rut": "12345678-5", "email": "ana@example.org",
        "plate": agent.cart, "premium": True})
    assert answer.status_code == 202, answer.text
    wait_until("the application is taken", lambda: centre.api.items("/members"), 30)
    receipt = centre.api.items("/sales", cart=agent.cart)[0]
    traced = centre.api.get(f"/trace/{agent.cart}/{receipt['epoch']}/{receipt['receipt']}")
    assert "carrito.sales" in json.dumps(traced)
    assert centre.api.get("/dead-letters") is not None

    done = ctl_tail(centre, secured, agent.cart)
    assert done.returncode == 0 and agent.cart in done.stdout, done.stdout + done.stderr
    for program in (centre.bridge, centre.collector):
        assert program.terminate() == 0
    assert secured.node.denied() == set()


def ctl_tail(centre, secured, cart):
    """The operator's look at what passes."""
    return run([BIN / "carritoctl", "tail", "kafka", "--config", secured.file("carrito-operator"),
                "--offset", "beginning", "--end", f"carrito/sales/{cart}"],
               {"CARRITO_URL": f"http://{centre.collector.http}",
                "CARRITO_TOKEN": centre.api.token,
                "CARRITO_KAFKA_BROKERS": secured.brokers}, seconds=60)


def refused(act):
    with pytest.raises(KafkaException) as caught:
        act()
    code = caught.value.args[0].code()
    assert code in REFUSED, caught.value
    return True


@pytest.mark.parametrize("user, topic", [
    ("carrito-bridge", "carrito.members"), ("carrito-bridge", "carrito.sales"),
    ("carrito-operator", "carrito.members"), ("carrito-operator", "carrito.login-attempts"),
    ("carrito-topics", "carrito.sales"), ("carrito-collector", "__consumer_offsets")])
def test_nobody_reads_what_is_anothers(secured, user, topic):
    assert refused(lambda: records(secured.settings(user), topic))


@pytest.mark.parametrize("user, topic", [
    ("carrito-bridge", "carrito.commands"), ("carrito-bridge", "carrito.login-attempts"),
    ("carrito-operator", "carrito.sales"), ("carrito-topics", "carrito.commands")])
def test_nobody_writes_what_is_anothers(secured, user, topic):
    reports = []
    producer = Producer({**secured.settings(user), "message.timeout.ms": 10000})
    producer.produce(topic, b"forged", on_delivery=lambda error, _: reports.append(error))
    assert producer.flush(15) == 0
    assert [error.code() in REFUSED for error in reports] == [True], reports


@pytest.mark.parametrize("user", ["carrito-bridge", "carrito-collector", "carrito-operator"])
def test_only_one_makes_topics(secured, user):
    admin = AdminClient(secured.settings(user))
    future = admin.create_topics([NewTopic("carrito.more", 1, 1)])["carrito.more"]
    assert refused(future.result)
    maker = AdminClient(secured.settings("carrito-topics"))
    future = maker.create_topics([NewTopic("more", 1, 1)])["more"]
    assert refused(future.result)


def test_who_has_no_name_or_a_wrong_password_hears_nothing(secured):
    nameless = {"security.protocol": "ssl", "ssl.ca.location": str(secured.authority.file)}
    wrong = secured.by_password("carrito-bridge", "not the password of it")
    for listener, settings in (("CLIENTS", wrong), ("CLIENTS", nameless), ("CLIENTS", {}),
                               ("PROGRAMS", nameless), ("NODES", nameless)):
        with pytest.raises(KafkaException):
            AdminClient(secured.at(listener, settings)).list_topics(timeout=4)


def test_a_certificate_that_is_no_boxs_is_no_broker(secured):
    settings = secured.at("NODES", secured.by_certificate(
        secured.authority.node("BBCL23", unit="carts")))
    assert AdminClient(settings).list_topics(timeout=10).topics == {}
    assert refused(lambda: records(settings, "carrito.sales"))


def test_the_list_names_every_topic_and_no_other():
    listed = {word for line in (SHIPPED / "acls.list").read_text().splitlines()
              if not line.startswith("#") for word in line.split()[3:]
              if word.startswith("carrito.") and not word.endswith("*")}
    assert listed == topics_of_the_document()


def topics_of_the_document():
    """docs/asyncapi.yaml, which another test holds against a real Kafka."""
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    return {channel["address"] for channel in document["channels"].values()
            if channel["address"].startswith("carrito.")}
