"""A cart's power is cut, again and again, at any moment of its sales: what the vendor was told is in
the outbox of the next boot, which the agent opens as it was left."""
import threading
import time

from harness.cart_machine import Machine, NoAnswer
from harness.chaos import Chaos
from harness.wait import wait_until

SALES_A_BOOT = (1, 40)


class Vendor(threading.Thread):
    """Sells without a pause until the power is off, and writes down what was answered."""

    def __init__(self, machine, book):
        super().__init__(daemon=True)
        self.machine, self.book = machine, book
        self.answers = self.unanswered = 0
        self.error = None

    def run(self):
        try:
            while self.machine.alive():
                self._sell_or_not()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def _sell_or_not(self):
        try:
            self._sell_once()
        except NoAnswer:
            self.unanswered += 1
            time.sleep(0.1)

    def _sell_once(self):
        quantity = len(self.book) % 9 + 1
        answer = self.machine.ask({"request": "sell", "quantity": quantity, "client": "Ana"})
        assert answer["ok"] and answer["receipt"] not in self.book, answer
        self.book[answer["receipt"]] = quantity
        self.answers += 1


class Puller(Vendor):
    """One who pulls the plug with an answer in hand, before anything else can happen."""

    def __init__(self, machine, book, sales):
        super().__init__(machine, book)
        self.sales = sales

    def _sell_once(self):
        super()._sell_once()
        if self.answers == self.sales:
            self.machine.kill()


def sell_and_cut(machine, book, chaos):
    """Half of the cuts come with an answer, half at a random moment of a sale."""
    sales = chaos.random.randint(*SALES_A_BOOT)
    with_answer = chaos.random.random() < 0.5
    vendor = Puller(machine, book, sales) if with_answer else Vendor(machine, book)
    began = time.monotonic()
    vendor.start()
    if not with_answer:
        wait_until("the vendor sells", lambda: vendor.answers >= sales, 120, every=0.001)
        chaos.pause(0, (time.monotonic() - began) / sales)
        machine.kill()
    vendor.join(120)
    assert not vendor.is_alive() and vendor.error is None, vendor.error
    machine.popen.wait(10)
    return vendor, "with an answer" if with_answer else "in a sale"


def assert_all_there(book, events):
    sold = {e["receipt"]: e["quantity"] for e in events if e["type"] == "sale"}
    lost = {receipt: told for receipt, told in book.items() if sold.get(receipt) != told}
    assert not lost, f"answered ok, not kept: {lost}"
    assert sorted(sold) == list(range(1, len(sold) + 1)), "receipts are not gapless"
    assert len({e["epoch"] for e in events}) <= 1, "the outbox was set aside"
    return len(sold)


def test_no_answered_sale_is_lost(scene, cycles, capsys):
    chaos, machine, book, boots = Chaos("power"), scene.add(Machine(scene.folder)), {}, set()
    unanswered = 0
    for cycle in range(cycles + 1):
        began = time.monotonic()
        machine.start().wait_selling()
        words = f"boot {cycle} of {cycles}: {time.monotonic() - began:.0f} s"
        found, events = machine.look()
        kept = assert_all_there(book, events)
        assert kept <= len(book) + unanswered, "sales that nobody asked for"
        assert found["boot"] not in boots, "the machine did not boot anew"
        assert cycle == 0 or found["recovered"], "the disk was not as a cut leaves it"
        boots.add(found["boot"])
        words += f", {kept} sales kept, {len(book)} told"
        book.update((e["receipt"], e["quantity"]) for e in events if e["type"] == "sale")
        if cycle < cycles:
            vendor, moment = sell_and_cut(machine, book, chaos)
            unanswered = vendor.unanswered
            words += f"; {vendor.answers} more told, cut {moment}"
        with capsys.disabled():
            print(f"\n{words}", end="", flush=True)
    assert len(book) > cycles, "the vendor sold next to nothing: this proves nothing"
