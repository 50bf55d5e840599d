"""A USB keypad sells on a cart's machine as its packages install it, without a screen: what was typed is
in the outbox once, whatever happens to the keypad and to the agent meanwhile, and a voice says so."""
import re
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

    def wait(self, *sentences):
        """Which of them was said."""
        return wait_until(f"the voice says one of {sentences}", lambda: next(
            (one for one in sentences for said in self.so_far() if one in said), None),
            SAY_S, every=0.5)


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


def sells_or_says_not(machine, pieces, before, meanwhile):
    """What was typed while the agent is away is sold once, or it is said that it was not: an emulated agent
    may need longer to come back than a vendor would wait. Then it is typed again."""
    for _ in range(5):
        talk = Talk(machine)
        machine.press(f"{pieces}\n")
        meanwhile(talk)
        if talk.wait(f"{pieces}, quedan", "no se vendió", "no se hizo").startswith(str(pieces)):
            break
        wait_until("the agent answers", machine.answers, SAY_S, every=0.5)
        assert sold(machine) == before
    assert sold(machine) == before + [pieces]


def test_what_is_typed_while_the_agent_is_killed_is_sold_once(machine):
    before = sold(machine)
    machine.do("systemctl kill -s KILL carrito-agent")
    sells_or_says_not(machine, 4, before, lambda talk: None)


def test_what_is_typed_while_the_agent_is_stopped_is_sold_once(machine):
    before = sold(machine)

    def comes_back(talk):
        talk.wait("espere", "5, quedan")
        machine.do("systemctl start carrito-agent")

    machine.do("systemctl stop carrito-agent")
    sells_or_says_not(machine, 5, before, comes_back)


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


def test_a_voice_is_heard(machine):
    """By espeak-ng as the unit confines it."""
    assert machine.loudness() == 0
    machine.do("sed -i /^till_voice/d /etc/carrito/till.conf; systemctl restart carrito-till")
    machine.press("*\n")
    wait_until("the card plays", lambda: machine.loudness() > 1000, SAY_S, every=1)


def test_the_unit_neither_failed_nor_was_denied_anything(machine):
    assert machine.do("systemctl show -P NRestarts carrito-till").strip() == "0"
    assert machine.do("systemctl is-active carrito-till").strip() == "active"
    log = [line for line in machine.do("journalctl -q -b -u carrito-till -o cat").splitlines()
           if "cannot be held yet" not in line]  # what udev has not given to its group by then
    assert not [line for line in log if re.search("level=(warn|error)|denied", line)], log
