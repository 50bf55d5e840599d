"""A sale typed on a cart is on the operator's screen once, with its receipt, client and amount."""
import json
import re

from harness.events import plate
from harness.programs import ctl
from harness.truth import assert_totals, of_events
from harness.wait import wait_until


def test_a_sale_reaches_daily_sales_and_the_list_of_receipts(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    sold = agent.sell(3, client="Ana Soto", amount=1500)
    assert sold.returncode == 0, sold.stderr
    assert re.search(r"\b1\b", sold.stdout), f"no receipt number in {sold.stdout!r}"

    rows = wait_until("the sale in GET /daily-sales",
                      lambda: centre.api.items("/daily-sales", cart=agent.cart), 15)
    assert len(rows) == 1
    shown = {key: rows[0][key] for key in
             ("cart", "quantity", "amount", "sales", "clients", "average", "voided", "unpriced",
              "revision", "status", "missing")}
    assert shown == {"cart": agent.cart, "quantity": 3, "amount": 1500, "sales": 1, "clients": 1,
                     "average": 3, "voided": 0, "unpriced": 0, "revision": 0, "status": "open",
                     "missing": []}
    receipts = centre.api.items("/sales", cart=agent.cart)
    assert [(r["receipt"], r["client"], r["quantity"], r["amount"], bool(r["voided"]))
            for r in receipts] == [(1, "Ana Soto", 3, 1500, False)]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", receipts[0]["time"])
    assert re.fullmatch(r"[0-9a-f]{16,32}", receipts[0]["epoch"])


def test_a_restocked_cart_counts_down_and_a_void_takes_a_sale_back(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    for words in (["restock", "50"], ["sell", "--quantity", "4", "--client", "Ana"],
                  ["sell", "--quantity", "2", "--client", " Ana "], ["sell", "--quantity", "1"],
                  ["void", "2", "--reason", "typed twice"]):
        done = agent.command(*words)
        assert done.returncode == 0, (words, done.stderr)
    wait_until("everything acknowledged", lambda: agent.status()["waiting"] == 0, 15)
    assert_totals(centre.api, of_events(agent.exported()), seconds=15, settle=1)
    row = centre.api.items("/daily-sales", cart=agent.cart)[0]
    assert (row["quantity"], row["sales"], row["clients"], row["voided"]) == (5, 2, 2, 1)
    receipts = {r["receipt"]: r for r in centre.api.items("/sales", cart=agent.cart)}
    assert [receipts[n]["stock"] for n in (1, 2, 3)] == [46, 44, 43]
    assert [bool(receipts[n]["voided"]) for n in (1, 2, 3)] == [False, True, False]


def test_the_operators_command_line_shows_the_same(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    assert agent.sell(7, amount=2100).returncode == 0
    wait_until("the sale in GET /daily-sales",
               lambda: centre.api.items("/daily-sales", cart=agent.cart), 15)
    token = centre.api.token
    text = ctl(token, centre.collector, "daily")
    assert text.returncode == 0, text.stderr
    line = next(row for row in text.stdout.splitlines() if agent.cart in row)
    assert re.search(r"\b7\b", line) and re.search(r"2[., ]?100", line), line
    rows = json.loads(ctl(token, centre.collector, "daily", "--json").stdout)
    rows = rows["items"] if isinstance(rows, dict) else rows
    assert [r["quantity"] for r in rows if r["cart"] == agent.cart] == [7]
    table = ctl(token, centre.collector, "daily", "--csv").stdout.splitlines()
    assert "cart" in table[0] and any(agent.cart in row for row in table[1:])


def test_the_vendor_gets_ok_without_a_broker(centre):
    centre.mqtt_port = 1  # nobody listens there
    agent = centre.make_agent(plate()).start().wait_socket()
    for receipt in (1, 2, 3):
        sold = agent.sell(1)
        assert sold.returncode == 0 and re.search(rf"\b{receipt}\b", sold.stdout), sold
    assert agent.status()["waiting"] >= 3
    agent.kill()
    assert [e["receipt"] for e in agent.exported() if e["type"] == "sale"] == [1, 2, 3]
