"""A USB keypad sells on a cart's machine as its packages install it, without a screen: what was typed is
in the outbox once, whatever happens to the keypad and to the agent meanwhile, and a voice says so."""
import time

import pytest

from harness.wait import wait_until
from keypad_machine import KeypadMachine

SAY_S = 60  # the machine is translated, and others use the processors


@pytest.fixture(scope="module", name="machine")
def _machine(module_scene):
    machine = module_scene.add(KeypadMachine(module_scene.folder))
    machine.start().wait_selling()
    wait_until("it found the keypad", lambda: machine.said() == ["teclado listo"], SAY_S, every=1)
    machine.press("+60\n")
    wait_until("it was counted", lambda: "quedan 60" in machine.said(), SAY_S, every=1)
    return machine


class Talk:
    """What is said from here on."""

    def __init__(self, machine):
        self._machine, self._before = machine, len(machine.said())

    def so_far(self):
        return self._machine.said()[self._before:]

    def wait(self, sentence):
        wait_until(f"the voice says {sentence!r}",
                   lambda: any(sentence in said for said in self.so_far()), SAY_S, every=0.5)


@pytest.fixture(name="talk")
def _talk(machine):
    return Talk(machine)


def sold(machine):
    """The quantities of all sales."""
    return [event["quantity"] for event in machine.look()[1] if event["type"] == "sale"]


def test_it_sells_and_says_what_is_left(machine, talk):
    before = sold(machine)
    machine.press("3\n")
    talk.wait("3, quedan 57")
    assert sold(machine) == before + [3]


def test_much_wants_a_second_enter(machine, talk):
    before = sold(machine)
    machine.press("25\n")
    talk.wait("25? Enter otra vez")
    assert sold(machine) == before
    machine.press("\n")
    talk.wait("25, quedan")
    assert sold(machine) == before + [25]


def test_a_held_key_sells_nothing(machine, talk):
    before = sold(machine)
    machine.press("1", held_s=2)
    machine.press("\n")
    talk.wait("tecla pegada")
    machine.press("\n", held_s=2)
    assert sold(machine) == before


def test_a_line_ends_with_its_keypad_and_the_next_one_sells(machine, talk):
    before = sold(machine)
    machine.press("1")
    machine.unplug()
    talk.wait("teclado desconectado")
    machine.plug_in()
    talk.wait("teclado listo")
    machine.press("2\n")
    talk.wait("2, quedan")
    assert sold(machine) == before + [2]


def test_what_is_typed_while_the_agent_is_away_is_sold_once(machine, talk):
    """Killed, and started anew by systemd; then stopped for some seconds."""
    before = sold(machine)
    machine.do("systemctl kill -s KILL carrito-agent")
    machine.press("4\n")
    talk.wait("4, quedan")
    machine.do("systemctl stop carrito-agent")
    machine.press("5\n")
    talk.wait("espere")
    machine.do("systemctl start carrito-agent")
    talk.wait("5, quedan")
    assert sold(machine) == before + [4, 5]


def test_without_an_agent_nothing_is_sold_and_that_is_said(machine, talk):
    before = sold(machine)
    machine.do("systemctl stop carrito-agent")
    machine.press("6\n")
    talk.wait("no se hizo: sin agente")
    machine.do("systemctl start carrito-agent")
    wait_until("the agent answers", machine.answers, SAY_S, every=0.5)
    time.sleep(3)
    assert sold(machine) == before


def test_nobody_else_hears_the_keys(machine, talk):
    listen = "timeout 6 cat $(ls /dev/input/by-path/*-event-kbd | head -n 1) | wc -c"
    reader = machine.do(f"({listen}) >/run/heard 2>&1 & sleep 1; echo listens")
    assert reader == "listens\n"
    machine.press("1.\n")
    talk.wait("borrado")
    time.sleep(6)
    assert machine.do("cat /run/heard").strip() == "0"


def test_the_unit_neither_failed_nor_was_denied_anything(machine):
    assert machine.do("systemctl show -P NRestarts carrito-till").strip() == "0"
    assert machine.do("systemctl is-active carrito-till").strip() == "active"
    log = machine.do("journalctl -q -b -u carrito-till -o cat")
    assert "level=warn" not in log and "level=error" not in log and "denied" not in log, log
