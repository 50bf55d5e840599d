"""What the tests of docker-compose.yml share: the way in, and what carts' outboxes hold."""
import json
import os
import secrets
import signal

import requests

from .api import Api
from .compose import docker, progress
from .truth import assert_totals, of_events
from .wait import wait_until

PORT = 8080


def way_in(compose, port=PORT):
    """An admin with a token, as a program makes one."""
    name, password = f"u{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    collector = compose.containers("collector")[0]
    docker("exec", "-i", collector, "carrito-collector", "user", "add", "--role", "admin", name,
           stdin=password + "\n")
    token = docker("exec", collector, "carrito-collector", "user", "token", name).strip()
    return Api(f"http://127.0.0.1:{port}", token)


def sales_of(container):
    """All events that a cart's outbox holds."""
    text = docker("exec", container, "carrito-agent", "outbox", "export")
    return [event for event in map(json.loads, text.splitlines()) if "type" in event]


def waiting(container):
    status = json.loads(docker("exec", container, "carrito-agent", "status", "--json"))
    return status["waiting"]


def kill(compose, *services):
    """kill -9 of the first process of each container of the services, all at once: Docker starts it
    again, as it does with what dies by itself. Returns when each has another first process."""
    looks = {container: compose.look(container)
             for service in services for container in compose.containers(service)}
    for look in looks.values():
        os.kill(look["State"]["Pid"], signal.SIGKILL)

    def another(container):
        state = compose.look(container)["State"]
        return state["Running"] and state["Pid"] != looks[container]["State"]["Pid"]
    for container in looks:
        wait_until("a killed container runs again", lambda c=container: another(c), 60, every=0.5)


def assert_outboxes_equal_api(compose, api, carts):
    """No cart sells any more; each sends what it has; the centre shows that and nothing else."""
    compose.set(SALES_PER_MINUTE="0")
    compose.run("up", "-d", "--scale", f"cart={carts}")
    compose.wait_healthy()
    containers = compose.containers("cart")
    assert len(containers) == carts
    for container in containers:
        wait_until("a cart has sent all", lambda c=container: waiting(c) == 0, 90, every=1)
    events = [event for container in containers for event in sales_of(container)]
    truth = of_events(events)
    selling = {cart for _, cart in truth}
    assert len(selling) == carts, f"{len(selling)} carts have sold: {sorted(selling)}"
    assert_totals(api, truth)
    shown = {cart for _, cart in api.daily() if cart.startswith("SIM-")}
    assert shown == selling
    progress(f"{carts} carts: {sum(row['sales'] for row in truth.values())} receipts, "
             f"{sum(row['quantity'] for row in truth.values())} pieces: outboxes and API are equal")
    return events


def get(url, **options):
    session = requests.Session()
    session.trust_env = False
    return session.get(url, timeout=10, **options)
