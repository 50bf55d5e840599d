"""An order that is taken without a network after its offer has ended is another cart's: the vendor is told so when
the link is back, what he has sold for it stays a sale, and the order is delivered once."""
import json
import secrets

import pytest

from harness.events import plate
from harness.proxy import Proxy
from harness.terminal import Terminal
from harness.wait import wait_until

OFFER_S = 3


@pytest.fixture
def guild(world):
    world.collector = world.make_collector(CARRITO_ORDERS="dispatch", CARRITO_OFFER_S=OFFER_S)
    return world.start()


def agent_at(guild, seed, port):
    agent = guild.make_agent(plate(), CARRITO_GPS=f"sim:{seed}", CARRITO_LOCATION_S=1, CARRITO_MQTT_PORT=port)
    agent.start().wait_socket()
    assert agent.command("restock", 60).returncode == 0
    return agent


def place(guild, near):
    answer = guild.api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla", "price": 500, "quantity": 2, "place": "el kiosco", "lat": near["lat"],
        "lon": near["lon"], "email": f"b{secrets.token_hex(4)}@example.org"})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def say(agent, order, status):
    done = agent.command("order", order, status)
    assert done.returncode == 0, done.stderr


def sold(guild, agent):
    return sum(row["quantity"] for row in guild.api.items("/daily-sales", cart=agent.cart))


def test_taken_too_late_and_told(guild, scene):
    proxy = scene.add(Proxy(guild.mqtt_port))
    near, other = agent_at(guild, 1, proxy.port), agent_at(guild, 2, guild.mqtt_port)
    till = scene.add(Terminal(["till"], near.env, 80, 24))
    assert other.command("orders", "on").returncode == 0
    wait_until("both listen", lambda: all(
        guild.api.cart(one.cart)["listens"] and guild.api.cart(one.cart)["last_fix"]
        for one in (near, other)), 20)
    order = place(guild, guild.api.cart(near.cart))
    till.wait_shows("1 PEDIDO")
    proxy.unplug()
    till.press("/\n")
    till.wait_shows("pedido 1 suyo")
    for words in ("en camino", "entregado, venta 1"):
        till.press("/1\n")
        till.wait_shows(words)

    wait_until("the other is asked", lambda: order in other.command("orders").stdout, OFFER_S + 10)
    say(other, order, "preparando")
    wait_until("it is its own", lambda: guild.api.get(f"/orders/{order}")["cart"] == other.cart, 10)
    proxy.plug()
    till.wait_shows("pedido 1 ya no era suyo; la venta queda", 30)
    for status in ("entregando", "finalizado"):
        say(other, order, status)
    done = wait_until("delivered", lambda: (one := guild.api.get(f"/orders/{order}"))["status"] == "finalizado"
                      and one, 10)
    assert done["cart"] == other.cart
    wait_until("both have sold", lambda: (sold(guild, near), sold(guild, other)) == (2, 2), 15)
    alert = wait_until("and somebody looks at it", lambda: guild.api.items("/alerts", kind="order-failed"), 15)[0]
    assert alert["subject"].startswith(order) and near.cart in json.dumps(alert)
