"""A guild whose orders find their carts: real agents that stand still, have counted their stock, and have
their till open on a terminal; a buyer; and the story of an order that everybody is told."""
from .events import plate
from .smtp import MailServer
from .terminal import Terminal
from .wait import stays_true, wait_until

SECONDS = 10  # of a recording, which is looped
BUYER = {"lat": -33.4372, "lon": -70.6506, "place": "Portón azul"}
MAIL = "ana@example.com"
ORDER = {"product": "Sopaipilla", "quantity": 2, "email": MAIL, **BUYER}
NORTH = (0.0009, 0.0036, 0.009)  # 100 m, 400 m and 1 km from the buyer
STOCK = 50
STATES = ["recibido", "preparando", "entregando", "finalizado"]


def standing(folder, lat, lon):
    """The recording of a receiver that does not move, as a value of CARRITO_GPS."""
    file = folder / f"{lat}_{lon}.gpx"
    points = "".join(f'<trkpt lat="{lat}" lon="{lon}"><time>2026-01-01T00:00:{second:02d}Z</time>'
                     "</trkpt>" for second in range(SECONDS))
    file.write_text('<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
                    f"{points}</trkseg></trk></gpx>")
    return f"file:{file}"


def start_guild(world, **env):
    """The centre in dispatch, ready; returns its mail server."""
    mails = world.scene.add(MailServer()).start()
    config = world.folder / "collector.conf"
    config.write_text("orders = dispatch\n[products]\nSopaipilla = 700\n")
    world.collector.argv += ["--config", str(config)]
    world.collector.env.update({"CARRITO_SMTP": mails.url, "CARRITO_MAIL_FROM": "carrito@example.com",
                                "CARRITO_PUBLIC_URL": f"http://{world.collector.http}", **env})
    world.start()
    return mails


def place_order(api, **members):
    """The order's id, and its key as a header."""
    answer = api.request("POST", "/api/v1/orders", json={**ORDER, **members})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"], {"Order-Key": answer.json()["key"]}


def wait_status(api, order, status):
    return wait_until(f"the order is {status}",
                      lambda: (row := api.get(f"/orders/{order}"))["status"] == status and row, 15)


class OrderCart:
    """A cart with its agent; `open_till` begins to listen."""

    def __init__(self, centre, lat, lon, stock=STOCK, **env):
        self.centre = centre
        self.agent = centre.make_agent(plate("D"), CARRITO_GPS=standing(centre.folder, lat, lon),
                                       CARRITO_LOCATION_S=1, **env).start().wait_ready()
        self.cart = self.agent.cart
        self.till = None
        assert self.agent.command("restock", stock).returncode == 0

    def open_till(self, columns=80, rows=24):
        self.till = self.centre.scene.add(Terminal(["till"], self.agent.env, columns, rows))
        return self

    def listen(self):
        """Without a till."""
        assert self.agent.command("orders", "on").returncode == 0
        return self

    def row(self):
        return self.centre.api.cart(self.cart)

    def wait_listens(self):
        wait_until(f"{self.cart} is where orders may go", lambda: (row := self.row())["listens"]
                   and row["lat"] is not None and row["stock"], 40)
        return self

    def sales(self):
        """That its outbox has, of orders."""
        return [event for event in self.agent.exported()
                if event["type"] == "sale" and "order" in event]


def some_carts(world):
    """The nearest first."""
    return [OrderCart(world, BUYER["lat"] + north, BUYER["lon"]) for north in NORTH]


def three_tills(world):
    carts = [cart.open_till() for cart in some_carts(world)]
    return [cart.wait_listens() for cart in carts]


def bring(world, order, tills):
    """The first refuses the order that was placed, the second takes it and brings it, by its keys."""
    first, second, third = tills
    product = ORDER["product"]
    first.till.wait_shows(product)
    assert BUYER["place"] not in first.till.screen(), "where it goes is for who has taken it"
    assert not second.till.shows(product)
    first.till.press("/-\n")
    second.till.wait_shows(product)
    wait_until("the first has nothing left", lambda: not first.till.shows(product), 10)
    second.till.press("/\n")
    wait_status(world.api, order, "preparando")
    second.till.wait_shows(BUYER["place"])
    for status in ("entregando", "finalizado"):
        second.till.press("/1\n")
        wait_status(world.api, order, status)
    stays_true("the third was asked nothing", lambda: not third.till.shows(product), 1)


def assert_told(world, mails, order, tills):
    """What everybody is told of an order that the first refused and the second brought."""
    first, second, _ = tills
    row = world.api.get(f"/orders/{order}")
    assert [step["status"] for step in row["history"]] == STATES
    assert [step["time"] for step in row["history"]] == sorted(s["time"] for s in row["history"])
    assert [(offer["cart"], offer["outcome"]) for offer in row["offers"]] == [
        (first.cart, "refused"), (second.cart, "accepted")]
    assert 80 < row["offers"][0]["distance_m"] < 120 and 350 < row["offers"][1]["distance_m"] < 450
    told = wait_until("four mails", lambda: (got := mails.to(MAIL)) and len(got) == 4 and got, 20)
    assert all(f"/pedidos/{order}#" in mail.get_content() for mail in told), "a mail has no link"
    sold = wait_until("the day's sale", lambda: [
        day for day in world.api.items("/daily-sales") if day["cart"] == second.cart], 20)
    assert [(day["sales"], day["quantity"], day["amount"]) for day in sold] == [(1, 2, 1400)]
    wait_until("it is off the stock", lambda: second.row()["stock"] == STOCK - 2, 20)
    assert first.row()["stock"] == STOCK
    assert [sale["order"] for sale in second.sales()] == [order] and not first.sales()
