"""An order that the centre offers rings at an open till, is taken, carried and delivered by its keys,
and is a sale then; one that is taken away is told. The centre knows whether anybody listens."""
import json
import secrets

from harness.events import now_ms, plate
from harness.terminal import Terminal
from harness.wait import wait_until

GOODS = {"product": "Sopaipilla", "quantity": 2, "price": 500, "pickup": False}


def say(centre, agent, kind, order, **members):
    command = {"id": f"{kind}/{order}/{members['turn']}", "cart": agent.cart, "order": order,
               "command": "order-cancel" if kind == "cancel" else "order-offer",
               "expires_ms": now_ms() + 60_000, **members}
    centre.kafka.produce("carrito.commands", agent.cart, json.dumps(command).encode())


def listens(centre, agent):
    """What the cart's last word said of it."""
    said = [json.loads(record.value()) for record in centre.kafka.records("carrito.presence")
            if record.key() == agent.cart.encode()]
    said = sorted((one for one in said if "orders" in one), key=lambda one: one["ts_ms"])
    return bool(said) and said[-1]["orders"]


def steps(centre, order):
    return [json.loads(record.value())["status"]
            for record in centre.kafka.records("carrito.order-steps") if record.key() == order.encode()]


def test_an_order_from_the_offer_to_the_sale(centre, scene):
    agent = centre.make_agent(plate(), CARRITO_GPS="none").start().wait_ready()
    till = scene.add(Terminal(["till"], agent.env, 80, 24))
    till.wait_shows("cuente con + N")
    assert not listens(centre, agent)
    till.press("+60\n")
    wait_until("the centre knows that a till is open", lambda: listens(centre, agent), 10, every=0.3)

    order, other = secrets.token_hex(16), secrets.token_hex(16)
    say(centre, agent, "offer", order, turn=1, distance_m=350, bearing_deg=45, **GOODS)
    till.wait_shows("2 Sopaipilla $1000  350 m al noreste")
    till.press("3\n")  # a sale meanwhile
    till.wait_shows("ok venta 1,")
    till.press("/\n")
    till.wait_shows("pedido 1 suyo")
    say(centre, agent, "taken", order, turn=1, taken=True, place="Plaza de Armas 1", lat=-33.43,
        lon=-70.65, **GOODS)
    till.wait_shows("Plaza de Armas 1")
    for words in ("en camino", "entregado, venta 2"):
        till.press("/1\n")
        till.wait_shows(words)
    sale = json.loads(centre.kafka.wait_record(
        "carrito.sales", lambda record: record.key() == agent.cart.encode()
        and json.loads(record.value()).get("order") == order).value())
    assert (sale["receipt"], sale["quantity"], sale["amount"], sale["stock"]) == (2, 2, 1000, 55)
    wait_until("each step", lambda: steps(centre, order) == ["preparando", "entregando", "finalizado"],
               10)

    say(centre, agent, "taken", other, turn=2, taken=True, **GOODS)  # an operator assigned it
    till.wait_shows("1 preparando: 2 Sopaipilla")
    say(centre, agent, "cancel", other, turn=2, reason="cancelled")
    till.wait_shows("pedido 1 cancelado: no lo entregue")
    till.press("//\n")
    till.wait_shows("pedidos en pausa")
    wait_until("the centre knows of the pause", lambda: not listens(centre, agent), 10, every=0.3)
    till.press("//\n")
    wait_until("and of its end", lambda: listens(centre, agent), 10, every=0.3)
    till.popen.kill()
    wait_until("a till that died listens no more", lambda: not listens(centre, agent), 15, every=0.3)
