"""Each command and option of --help is in its man page, and man(1) renders all pages without a
warning; the completion offers what --help lists."""
import re

import pytest

from harness.process import BIN, ROOT, run

PAGES = {"carritoctl": 1, "carrito-agent": 1, "carrito-sim": 1, "carrito-till": 1,
         "carrito-bridge": 8, "carrito-collector": 8, "carrito-kafka-install": 8}


def _text(program):
    page = ROOT / "docs" / "man" / f"{program}.{PAGES[program]}"
    done = run(["man", "--warnings=w", "-l", page], {"MANWIDTH": "1000", "LC_ALL": "C.UTF-8",
                                                     "MAN_KEEP_FORMATTING": ""})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.replace("‐", "-").replace("−", "-")


def _help(*words):
    program = BIN / words[0] if words[0] != "carrito-kafka-install" else \
        ROOT / "deploy" / "kafka" / words[0]
    done = run([program, *words[1:], "--help"], {"CARRITO_LANG": "en"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def _options(text):
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", text))


@pytest.mark.parametrize("program", PAGES)
def test_every_option_is_in_the_man_page(program):
    missing = _options(_help(program)) - _options(_text(program))
    assert not missing, f"{program}: {sorted(missing)}"


def test_every_command_of_carritoctl_is_in_its_page_and_completed():
    page, top = _text("carritoctl"), _help("carritoctl")
    commands = re.findall(r"^  ([a-z-]+) ", top.partition("\ncommands")[2].partition("\nsettings")[0],
                          re.M)
    script = run([BIN / "carritoctl", "completion", "bash"]).stdout
    assert len(commands) > 25
    for command in commands:
        assert re.search(rf"^ +{command}\b", page, re.M), command
        told = _help("carritoctl", command)
        assert _options(told) <= _options(page), command
        for word in re.findall(rf"^  {command} ([a-z]+)", told, re.M):
            assert re.search(rf"^ +{command} .*\b{word}\b|^ +{word}\b", page, re.M), (command, word)
        ask = f"COMP_WORDS=(carritoctl {command} --); COMP_CWORD=2; _carritoctl; " \
              "echo ${COMPREPLY[*]}"
        offered = run(["bash", "-c", f"{script}\n{ask}"]).stdout
        own = told.partition("\noptions:")[2]
        assert _options(offered) == {o for o in re.findall(r"^ +(?:-\w, +)?--([a-z-]+)", own, re.M)}


def test_commands_of_the_other_programs_are_in_their_pages():
    words = {"carrito-agent": ("sell", "void", "restock", "today", "orders", "order", "till",
                               "status", "outbox", "enrol"),
             "carrito-collector": ("user", "backup")}
    for program, commands in words.items():
        told, page = _help(program), _text(program)
        for command in commands:
            assert command in told
            assert re.search(rf"^ +{command}\b", page, re.M), (program, command)
