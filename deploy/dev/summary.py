"""A live summary of what `./dev up` started, from the collector's API: today's totals per cart, the
rates and how far the consumers lag behind.

On a terminal it draws itself over; elsewhere it writes a line every few seconds. Ends on SIGTERM.
"""
import json
import os
import shutil
import signal
import sys
import time
import urllib.request

URL = os.environ["CARRITO_URL"] + "/api/v1"
HEADERS = {"Authorization": "Bearer " + os.environ["CARRITO_TOKEN"]}
DRAW_EVERY_S = 1
LINE_EVERY_S = 5
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


def get(path):
    request = urllib.request.Request(URL + path, headers=HEADERS)
    with OPENER.open(request, timeout=5) as answer:
        return json.load(answer)


def items(path):
    """A whole list, over its pages."""
    found, cursor = [], ""
    while True:
        page = get(f"{path}{'&' if '?' in path else '?'}limit=1000{cursor}")
        found += page["items"]
        if not page.get("next"):
            return found
        cursor = f"&cursor={page['next']}"


class Picture:
    """What the API said at one moment."""

    def __init__(self):
        self.time = time.monotonic()
        days = items("/daily-sales")
        self.day = max((row["day"] for row in days), default="")
        self.rows = {row["cart"]: row for row in days if row["day"] == self.day}
        self.carts = {plate: {"cart": plate} for plate in self.rows}
        self.carts.update((cart["cart"], cart) for cart in items("/carts"))
        self.consumers = items("/consumers")

    def total(self, field):
        return sum(row[field] or 0 for row in self.rows.values())

    def sales_rate(self, before):
        """Receipts a second since an earlier picture; None where there is none of the same day."""
        if before is None or before.day != self.day or self.time <= before.time:
            return None
        return (self.total("sales") - before.total("sales")) / (self.time - before.time)


def number(value, width):
    return f"{'-' if value is None else format(round(value), ',d').replace(',', '.'):>{width}}"


def totals(picture, rate):
    shown = "-" if rate is None else f"{rate:.1f}"
    lag = sum(consumer["lag"] or 0 for consumer in picture.consumers)
    return (f"{picture.day or 'no sale yet'}  carts {len(picture.carts)}  "
            f"receipts {picture.total('sales')}  pieces {picture.total('quantity')}  "
            f"pesos {picture.total('amount')}  receipts/s {shown}  lag {lag}")


def cart_line(row, cart):
    """A cart that has been heard and has not sold yet has no row of the day."""
    row = row or dict.fromkeys(("sales", "quantity", "amount", "clients"), 0)
    where = "-" if cart.get("lat") is None else f"{cart['lat']:.5f} {cart['lon']:.5f}"
    return (f"{cart['cart']:<16} {cart.get('state') or '-':<9}{number(row['sales'], 9)}"
            f"{number(row['quantity'], 9)}{number(row['amount'], 12)}{number(row['clients'], 9)}"
            f"{number(cart.get('stock'), 7)}  {where}")


def consumer_line(consumer):
    rate = consumer.get("rate")
    return (f"{consumer['role']:<16} {consumer['state']:<9}"
            f"{'-' if rate is None else format(rate, '.1f'):>9}/s   lag"
            f"{number(consumer['lag'], 9)}")


def table(picture, rate):
    lines = ["carrito   " + totals(picture, rate), "",
             f"{'cart':<16} {'state':<9}{'receipts':>9}{'pieces':>9}{'pesos':>12}{'clients':>9}"
             f"{'stock':>7}  position"]
    lines += [cart_line(picture.rows.get(plate), cart)
              for plate, cart in sorted(picture.carts.items())]
    lines += ["", f"{'role':<16} {'state':<9}{'events':>9}"]
    lines += [consumer_line(consumer) for consumer in picture.consumers]
    return lines


class Screen:
    """Draws below what stands on the terminal already, each time over its last picture."""

    def __init__(self):
        self._drawn = 0

    def draw(self, lines):
        size = shutil.get_terminal_size()
        room = max(size.lines - 2, 5)
        if len(lines) > room:
            lines = lines[:room - 1] + [f"… {len(lines) - room + 1} more lines"]
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        text = "".join(line[:size.columns - 1] + "\x1b[K\n" for line in lines)
        sys.stdout.write(f"{up}\r{text}\x1b[JCtrl-C ends everything")
        sys.stdout.flush()
        self._drawn = len(lines)


def end(*_):
    sys.exit(0)


def main():
    signal.signal(signal.SIGTERM, end)
    screen = Screen() if sys.stdout.isatty() else None
    before = None
    while True:
        try:
            picture = Picture()
            rate = picture.sales_rate(before)
            lines = table(picture, rate) if screen else [totals(picture, rate)]
            before = picture
        except (OSError, ValueError, KeyError) as error:
            lines = [f"the collector does not answer as it should: {error!r}"]
        if screen:
            screen.draw(lines)
        else:
            print(*lines, flush=True)
        time.sleep(DRAW_EVERY_S if screen else LINE_EVERY_S)


main()
