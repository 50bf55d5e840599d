"""An outbox belongs to one plate. Under another one what waits is neither lost nor counted on the new
plate, and is no dead letter: it counts once, on the plate that sold it."""
import json
import shutil

import pytest

from harness.cell import cart_certificate, start_cell
from harness.events import plate
from harness.kafka import header
from harness.programs import Agent
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on
UNSENT = 50
PIECES = 2  # of each sale


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "plates")


class Board:
    """A board whose plate changes: its outbox stays, and so do its certificates, as enrolment
    leaves them: cart.crt, and cart.PLATE.crt of a plate before."""

    made = {}  # certificate and key, by plate

    def __init__(self, centre, cell, name):
        self._scene, self._cell, self.name = centre.scene, cell, name
        self.folder = centre.folder / name
        self.folder.mkdir()
        self.agent = None

    def enrol(self, cart):
        if cart not in self.made:  # of a swapped board it is
            self.made[cart] = cart_certificate(self._cell.folder, cart)
        for made, kept in zip(self.made[cart], ("cart.crt", "cart.key")):
            shutil.copy(made, self.folder / kept)

    def keep_former(self, cart):
        for kind in ("crt", "key"):
            (self.folder / f"cart.{kind}").rename(self.folder / f"cart.{cart}.{kind}")

    def start(self, cart, port=None):
        if self.agent is not None:
            assert self.agent.terminate() == 0
        self.agent = self._scene.add(Agent(
            self.folder, port or self._cell.tls_port, cart, CARRITO_MQTT_HOST="localhost",
            CARRITO_OUTBOX=self.folder / "outbox.db",
            CARRITO_MQTT_CAFILE=self._cell.folder / "broker.crt",
            CARRITO_MQTT_CERTFILE=self.folder / "cart.crt",
            CARRITO_MQTT_KEYFILE=self.folder / "cart.key"))
        return self.agent.start().wait_socket()

    def sell_unsent(self, cart):
        """As `cart`, far from any network."""
        self.enrol(cart)
        agent = self.start(cart, NOBODY)
        for _ in range(UNSENT):
            agent.sell_by_socket(PIECES)
        return agent.status()["waiting"]


def sold(centre, cart):
    return sum(row["sales"] for row in centre.api.items("/daily-sales", cart=cart))


def wait_sold(centre, cart, sales):
    wait_until(f"{sales} sales of {cart}", lambda: sold(centre, cart) == sales, 30)


def expect_calm(centre, *carts):
    """No dead letter, no alert but what any new plate raises, no receipt missing."""
    for cart in carts:
        letters = [row for row in centre.api.items("/dead-letters")
                   if cart in row["source"] + (row["text"] or "")]
        kinds = {row["kind"] for row in centre.api.items("/alerts", cart=cart)}
        missing = [row for row in centre.api.items("/audit", cart=cart) if row["missing"]]
        assert (letters, kinds - {"unregistered-cart"}, missing) == ([], set(), [])


def states(centre, cart):
    records = [record for record in centre.kafka.records("carrito.presence")
               if record.key() == cart.encode()]
    return [said for said in (json.loads(record.value()) for record in records) if "state" in said]


def said_former(centre, cart):
    return {header(record, "former") for record in centre.kafka.records("carrito.sales")
            if record.key() == cart.encode()}


def test_without_its_certificate_what_waits_is_told_and_exported(cell, centre):
    old, new = plate(), plate()
    board = Board(centre, cell, "board")
    waiting = board.sell_unsent(old)
    board.enrol(new)
    agent = board.start(new)
    assert agent.sell(PIECES).returncode == 0
    wait_until("the new plate's sale is sent", lambda: agent.status()["waiting"] == 0, 30)
    [former] = agent.status()["former"]
    assert (former["cart"], former["waiting"], former["sends"]) == (old, waiting, False)
    wait_until("the state says so",
               lambda: any(said.get("former") == [former] for said in states(centre, new)), 20)
    wait_sold(centre, new, 1)
    assert sold(centre, old) == 0
    expect_calm(centre, old, new)

    card = agent.command("outbox", "export", seconds=60)
    assert card.returncode == 0, card.stderr
    answer = centre.api.request("POST", "/api/v1/imports", data=card.stdout.encode(),
                                headers={"Content-Type": "application/x-ndjson"})
    assert (answer.status_code, answer.json()["refused"]) == (200, 0), answer.text
    wait_sold(centre, old, UNSENT)
    wait_sold(centre, new, 1)
    expect_calm(centre, old, new)


def test_with_its_certificate_what_waits_is_sent_as_the_plate_that_sold_it(cell, centre):
    """A new plate for a board: the old one is nobody's, and nobody misses it."""
    old, new = plate(), plate()
    board = Board(centre, cell, "board")
    board.sell_unsent(old)
    board.keep_former(old)
    board.enrol(new)
    agent = board.start(new)
    assert agent.sell(PIECES).returncode == 0
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0
               and "former" not in agent.status(), 60)
    wait_sold(centre, old, UNSENT)
    wait_sold(centre, new, 1)
    wait_until("the last state says so", lambda: "former" not in states(centre, new)[-1], 20)
    wait_until("it is done", lambda: list(board.folder.glob(f"outbox.db.sent-{old}-*")), 10)
    wait_until("nobody waits for the old plate",
               lambda: centre.api.cart(old)["state"] == "offline", 20)
    assert centre.api.cart(new)["state"] == "heard"
    for cart, said in ((old, "true"), (new, None)):  # what breaks off is no word of the old plate
        assert said_former(centre, cart) == {said}
    wait_until("the old plate's day is confirmed", lambda: [
        row["complete"] for row in centre.api.items("/daily-sales", cart=old)] == [True], 20)
    expect_calm(centre, old, new)


def test_two_boards_are_swapped(cell, centre):
    """Each plate is on the other board by now: the broker lets in one of the two at a time."""
    plates = plate(), plate()
    boards = [Board(centre, cell, f"board-{at}") for at in range(2)]
    for board, old in zip(boards, plates):
        board.sell_unsent(old)
        board.keep_former(old)
    for board, new in zip(boards, reversed(plates)):
        board.enrol(new)
        assert board.start(new).sell(PIECES).returncode == 0
    for board in boards:
        wait_until("nothing waits", lambda agent=board.agent: agent.status()["waiting"] == 0
                   and "former" not in agent.status(), 180)
    for cart in plates:
        wait_sold(centre, cart, UNSENT + 1)
        wait_until("it is heard", lambda cart=cart: centre.api.cart(cart)["state"] == "heard", 30)
    for board in boards:
        assert board.agent.sell(PIECES).returncode == 0
    for cart in plates:
        wait_sold(centre, cart, UNSENT + 2)
    expect_calm(centre, *plates)


def test_a_board_is_sold(cell, centre):
    """The seller's plate goes on with another board; the buyer's board has the seller's sales."""
    seller, buyer = plate(), plate()
    sold_board, new_board = Board(centre, cell, "sold"), Board(centre, cell, "new")
    sold_board.sell_unsent(seller)
    sold_board.keep_former(seller)
    new_board.enrol(seller)
    assert new_board.start(seller).sell(PIECES).returncode == 0
    wait_sold(centre, seller, 1)
    sold_board.enrol(buyer)
    agent = sold_board.start(buyer)
    assert agent.sell(PIECES).returncode == 0
    wait_sold(centre, seller, UNSENT + 1)
    wait_sold(centre, buyer, 1)
    wait_until("nothing waits", lambda: "former" not in agent.status(), 60)
    assert new_board.agent.sell(PIECES).returncode == 0
    wait_sold(centre, seller, UNSENT + 2)
    expect_calm(centre, seller, buyer)


def test_without_tls_no_certificate_is_needed(centre):
    old, new = plate(), plate()
    agent = centre.make_agent(old, CARRITO_OUTBOX=centre.folder / "outbox.db",
                              CARRITO_MQTT_PORT=NOBODY).start().wait_socket()
    for _ in range(UNSENT):
        agent.sell_by_socket(PIECES)
    agent.terminate()
    agent = centre.make_agent(new, CARRITO_OUTBOX=centre.folder / "outbox.db").start().wait_socket()
    wait_sold(centre, old, UNSENT)
    wait_until("it is done", lambda: "former" not in agent.status(), 20)
    expect_calm(centre, old, new)
