"""A table opens in a spreadsheet, and nothing that a stranger typed is run there, whichever sign it splits by; for Excel in
Spanish it has the reader's heads, commas and a line of totals."""
import csv
import io
import random
from datetime import datetime, timezone

import pytest

from harness.events import Outbox, line
from harness.programs import ctl
from harness.wait import wait_until

# Clients as a stranger may type them; what a spreadsheet folds or drops in front is no shelter.
CLIENTS = ["=1+1", "＝HYPERLINK(\"http://x.example\")", "＋1", "\u00a0=1", "\ufeff=1", "x;=cmd|' /C calc'!A1;y", "a,-2+3",
           "a\t@SUM(A1)", "Ñandú; hijo", "Ana"]
RUN = "=+-@|%\t＝＋－＠"


def cells(text, separator):
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


def is_number(cell):
    return cell.replace(",", "").replace(".", "").removeprefix("-").isdigit()


@pytest.fixture
def sold(centre):
    """A cart that sold once to each client, on a day long ago that no other test has."""
    day = f"{random.randint(1980, 2009)}-03-{random.randint(10, 28)}"
    noon_ms = int(datetime.fromisoformat(f"{day}T15:00").replace(tzinfo=timezone.utc).timestamp() * 1000)
    cart = Outbox()
    for at, client in enumerate(CLIENTS):
        sale = cart.sale(4, ts_ms=noon_ms + at, client=client, amount=1500, lat=-33.4372, lon=-70.6506,
                         fix_ms=noon_ms)
        centre.kafka.produce("carrito.sales", cart.cart, line(sale))
    wait_until("the sales", lambda: len(centre.api.items("/sales", cart=cart.cart)) == len(CLIENTS), 15)
    return day, cart.cart


@pytest.mark.parametrize("dialect", ["rfc4180", "excel-es"])
def test_no_clients_name_is_run(centre, sold, dialect):
    path = f"/api/v1/sales?cart={sold[1]}&format=csv&dialect={dialect}"
    text = centre.api.request("GET", path).content.decode("utf-8-sig")
    own = ";" if dialect == "excel-es" else ","
    for separator in ",;\t":
        for cell in cells(text, separator):
            assert not cell.lstrip(" \"\u00a0\ufeff").startswith(tuple(RUN)) or is_number(cell), (separator, cell)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=own))
    names = [row[4] for row in rows[1:]]
    assert {"Ana", "Ñandú; hijo"} <= set(names)
    assert sorted(name.replace("'", "") for name in names) == sorted(name.replace("'", "") for name in CLIENTS)


def test_excel_in_spanish_reads_heads_commas_and_totals(centre, sold):
    day, cart = sold
    answer = centre.api.request("GET", f"/api/v1/sales?cart={cart}&format=csv&dialect=excel-es")
    head, first = answer.content.decode().splitlines()[:2]
    assert head == "\ufeffcarro;época;venta;hora;cliente;cantidad;pesos;stock;lat;lon;anuladas;día"
    assert ";-33,4372;-70,6506;" in first
    text = ctl(centre.api.token, centre.collector, "daily", "--day", day, "--cart", cart, "--dialect", "excel-es").stdout
    rows = [row.split(";") for row in text.splitlines()]
    assert rows[0][:8] == ["\ufeffdía", "carro", "cantidad", "pesos", "ventas", "clientes", "por cliente", "anuladas"]
    assert rows[1][:7] == [day, cart, "40", "15000", "10", "10", "4"]
    assert rows[2][:7] == ["Total", "", "40", "15000", "10", "10", "4"] and len(rows) == 3
    programs = ctl(centre.api.token, centre.collector, "daily", "--day", day, "--cart", cart, "--csv").stdout
    assert "Total" not in programs and programs.startswith("day,cart,quantity,")
