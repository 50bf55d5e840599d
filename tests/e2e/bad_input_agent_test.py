"""What the vendor types wrongly is answered with exit 2 and a sentence that says what to type."""
import socket

import pytest

from harness.events import plate
from harness.process import BIN, run

WRONG = [
    ["sell"],
    ["sell", "--quantity", "0"],
    ["sell", "--quantity", "-1"],
    ["sell", "--quantity", "10001"],
    ["sell", "--quantity", "two"],
    ["sell", "--quantity", "1.5"],
    ["sell", "--quantity"],
    ["sell", "--quantity", "1", "--client", "   "],
    ["sell", "--quantity", "1", "--client", "x" * 65],
    ["sell", "--quantity", "1", "--client", b"An\xff".decode("utf-8", "surrogateescape")],
    ["sell", "--quantity", "1", "--amount", "-5"],
    ["sell", "--quantity", "1", "--amount", "a lot"],
    ["sell", "--quantity", "1", "--colour", "red"],
    ["void"],
    ["void", "first"],
    ["void", "0"],
    ["restock"],
    ["restock", "-3"],
    ["restock", "many"],
    ["dance"],
    ["outbox"],
    ["outbox", "burn"],
]


@pytest.fixture(scope="module")
def agent(shared_centre, module_scene):
    return shared_centre.lent_to(module_scene).make_agent(plate()).start().wait_socket()


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words)[:30].encode(
    "ascii", "replace").decode())
def test_wrong_words_exit_2_with_a_sentence(agent, words):
    done = agent.command(*words)
    assert done.returncode == 2, f"exit {done.returncode}: {done.stdout}{done.stderr}"
    assert len(done.stderr.strip()) > 10 and done.stdout == "", done
    assert "Traceback" not in done.stderr


def test_each_reads_it_in_his_own_language(agent):
    """The command's, whatever the agent's is: nothing of it is in one language only."""
    told = {}
    for lang in ("es", "en"):
        told[lang] = [run([BIN / "carrito-agent", *words],
                          {**agent.env, "CARRITO_LANG": lang}).stderr
                      for words in (*WRONG, ["void", "999"], ["today", "twice"], ["till", "now"])]
    same = [es for es, en in zip(told["es"], told["en"]) if es == en]
    assert same == [], same
    assert all("debe" not in en and "vea" not in en for en in told["en"]), told["en"]


def test_nothing_of_it_was_recorded(agent):
    assert agent.alive()
    assert [e for e in agent.exported() if e["type"] != "clock"] == []
    assert agent.sell(1).returncode == 0


@pytest.mark.parametrize("words", [["void", "999"]])
def test_what_cannot_be_done_is_refused_in_words(agent, words):
    done = agent.command(*words)
    assert done.returncode in (1, 2) and len(done.stderr.strip()) > 10, done


@pytest.mark.parametrize("rubbish", [b"\n", b"{}\n", b"not json\n", b"\xff\xfe\0\n", b"x" * 200_000,
                                     b'{"request":"sell","quantity":1e999}\n', b"[" * 5000 + b"\n"],
                         ids=["empty", "empty object", "text", "bytes", "endless", "1e999", "deep"])
def test_rubbish_on_the_socket_harms_nobody(agent, rubbish):
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(3)
        stranger.connect(agent.env["CARRITO_SOCKET"].as_posix())
        try:
            stranger.sendall(rubbish)
            stranger.recv(4096)
        except OSError:
            pass  # closing on it, or not answering what has no end, is its right
    assert agent.alive() and agent.command("status").returncode == 0


def test_a_silent_stranger_on_the_socket_does_not_block_the_vendor(agent):
    strangers = []
    for _ in range(3):
        stranger = socket.socket(socket.AF_UNIX)
        stranger.connect(agent.env["CARRITO_SOCKET"].as_posix())
        strangers.append(stranger)
    try:
        assert agent.sell(1).returncode == 0
    finally:
        for stranger in strangers:
            stranger.close()


def test_without_an_agent_the_command_says_so(centre):
    lonely = centre.make_agent(plate())
    done = lonely.sell(1)
    assert done.returncode == 1 and "agent" in done.stderr, done


@pytest.mark.parametrize("words", [["today"], ["outbox", "export"]], ids=" ".join)
def test_without_an_outbox_the_command_says_where_it_looked(centre, words):
    nobody = centre.make_agent(plate())  # not started: it has no file yet
    done = nobody.command(*words)
    assert done.returncode == 1
    assert f"no hay un archivo de ventas en {nobody.outbox}; CARRITO_OUTBOX" in done.stderr, \
        done.stderr
