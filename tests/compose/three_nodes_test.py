"""Three nodes of Kafka by one file of settings: one of them, the first, is killed and stays away,
and every sale still arrives."""
import pytest
from confluent_kafka.admin import AdminClient

from harness.compose import Compose, docker, progress
from harness.composed import assert_outboxes_equal_api, way_in
from harness.wait import wait_until

CARTS = 3
NODES = ("kafka", "kafka-2", "kafka-3")
PORTS = "127.0.0.1:9092,127.0.0.1:9192,127.0.0.1:9292"
THREE = ("--env-file", "deploy/docker/three.env")


class Three(Compose):
    def run(self, *words, seconds=300, options=()):
        return super().run(*words, seconds=seconds, options=(*THREE, *options))


@pytest.fixture(scope="module")
def site(request):
    compose = Three("three")
    failed = request.session.testsfailed
    try:
        progress("up with three nodes of Kafka")
        compose.run("up", "-d", "--scale", f"cart={CARTS}")
        yield compose
        if request.session.testsfailed > failed:
            progress(compose.run("logs", "--no-color", "--tail", "30"))
    finally:
        compose.end()


def partitions():
    """Of the topic of sales: (replicas, those in sync) of each."""
    admin = AdminClient({"bootstrap.servers": PORTS, "log_level": 2})
    told = admin.list_topics("carrito.sales", timeout=10)
    assert len(told.brokers) >= 2
    return [(len(p.replicas), len(p.isrs))
            for p in told.topics["carrito.sales"].partitions.values()]


def sold(api):
    return sum(row["sales"] for row in api.daily().values())


def test_the_first_node_dies_and_sales_go_on(site):
    site.wait_healthy(seconds=180)
    for node in NODES[1:]:
        wait_until(f"{node} votes", lambda n=node: "is one of the voters" in
                   docker("logs", site.containers(n)[0]), 90, every=1)
    wait_until("three copies in sync", lambda: set(partitions()) == {(3, 3)}, 60, every=1)
    api = way_in(site)
    wait_until("all carts have sold", lambda: len(api.daily()) == CARTS, 90, every=1)
    progress("the first node is killed")
    first = site.containers("kafka")[0]
    docker("kill", first)
    wait_until("it is missed", lambda: {i for _, i in partitions()} == {2}, 60, every=1)
    before = sold(api)
    wait_until("sales go on", lambda: sold(api) > before + 3 * CARTS, 90, every=1)
    progress(f"{sold(api) - before} sales without it")
    docker("start", first)
    wait_until("three copies again", lambda: set(partitions()) == {(3, 3)}, 120, every=1)
    assert_outboxes_equal_api(site, api, CARTS)
    site.end()
    assert site.left() == []
