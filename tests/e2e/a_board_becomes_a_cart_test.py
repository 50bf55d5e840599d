"""A board becomes a cart by one file: it is looked at as a whole, put where it belongs, and gone; the cart
sells, and a board that was another cart keeps that one's certificate."""
import base64
import hmac
import shutil

import pytest

from harness.cell import add_cart, enrol, enrolled_agent, fresh_board, parts_of, start_cell
from harness.events import plate
from harness.far import may_be_far
from harness.process import BIN, run
from harness.wait import wait_until


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "cell-enrol")


@pytest.fixture(name="board")
def _board(tmp_path):
    return fresh_board(tmp_path)


def _file(cell, cart):
    return add_cart(cell.folder, cart, broker=f"localhost:{cell.tls_port}")


def test_it_is_enrolled_and_sells(cell, centre, board):
    cart = plate()
    file = _file(cell, cart)
    parts = parts_of(file)
    done = enrol(board, file)
    assert done.returncode == 0 and f"is the cart {cart}" in done.stderr, done
    assert not file.exists(), "the file with the key is gone"
    for name, part in (("cart.key", "key"), ("cart.crt", "certificate"),
                       ("broker-ca.crt", "brokers"), ("clients.key", "clients")):
        assert (board / name).read_text() == parts[part].strip() + "\n"
        assert (board / name).stat().st_mode & 0o777 == 0o640
    text = (board / "agent.conf").read_text()
    assert text.startswith("# The agent of this cart.") and f"\ncart={cart}\n" in text
    agent = enrolled_agent(centre.scene, board, cart).start().wait_socket()
    assert agent.sell(3, client=" Ana Soto ").returncode == 0
    wait_until("acknowledged", lambda: agent.status()["waiting"] == 0, 20)
    wait_until("counted", lambda: centre.api.items("/daily-sales", cart=cart), 15)
    # Who bought is known to nobody: the cart's own card has the name no more than the centre.
    key = (cell.folder / "guild" / "clients.key").read_text().strip().encode()
    digest = hmac.new(key, b"Ana Soto", "sha256").digest()
    pseudonym = "~" + base64.urlsafe_b64encode(digest).decode()[:22]
    assert [row["client"] for row in centre.api.items("/sales", cart=cart)] == [pseudonym]
    agent.terminate()
    assert not any(b"Ana Soto" in path.read_bytes() for path in agent.outbox.parent.glob(
        f"{agent.outbox.name}*"))


def _broken(text, other):
    """What must not be taken, by why."""
    mine, theirs = text.split("\n[certificate]"), other.split("\n[certificate]")
    return {
        "do not fit": theirs[0].replace(theirs[0].split("cart=")[1].split("\n")[0],
                                        mine[0].split("cart=")[1].split("\n")[0])
        + "\n[certificate]" + mine[1],
        "not for this plate": text.replace("\ncart=", "\ncart=X"),
        "authority": text.split("\n[authority]")[0] + "\n[authority]" + text.split("\n[brokers]")[1]
        .split("\n[authority]")[0],
        "not whole": text.split("\n[brokers]")[0],
        "unknown key": text.replace("\nmqtt_port=", "\nmqtt_prot="),
        "line 1": "\x00" + text,
        "certificate cannot be read": text.replace("BEGIN CERTIFICATE", "BEGIN CERTIFICAT", 1),
    }


def test_a_file_that_is_not_good_changes_nothing_and_stays(cell, board):
    text, other = (_file(cell, plate()).read_text() for _ in range(2))
    before = (board / "agent.conf").read_text()
    file = board / "bad.enrol"
    for why, bad in _broken(text, other).items():
        file.write_text(bad)
        done = enrol(board, file)
        assert done.returncode == 1 and why in done.stderr, (why, done)
        assert "PRIVATE KEY" not in done.stderr
        assert sorted(path.name for path in board.iterdir()) == ["agent.conf", "bad.enrol"]
        assert (board / "agent.conf").read_text() == before


def test_under_another_plate_the_former_one_keeps_its_certificate(cell, board):
    first, second = plate(), plate()
    files = [_file(cell, cart) for cart in (first, second)]
    was, kept = parts_of(files[0]), files[1].read_text()
    assert enrol(board, files[0]).returncode == 0
    before = (board / "agent.conf").read_text()
    assert enrol(board, files[1]).returncode == 0
    # As after a power cut before the last two steps.
    (board / "agent.conf").write_text(before)
    files[1].write_text(kept)
    assert enrol(board, files[1]).returncode == 0
    for ending, part in (("key", "key"), ("crt", "certificate")):
        former = board / f"cart.{first}.{ending}"
        assert former.read_text() == was[part].strip() + "\n"
        assert former.stat().st_mode & 0o777 == 0o640
    assert not list(board.glob(f"cart.{second}.*"))


def test_without_a_file_nothing_happens(board):
    done = run([BIN / "carrito-agent", "enrol", "--config", board / "agent.conf"])
    assert (done.returncode, done.stderr) == (0, "")
    assert run([BIN / "carrito-agent", "enrol", "--what"]).returncode == 2


def _enrolled_on(mount, board, file, times=1):
    """Enrols in mounts of its own; `mount` makes and changes them."""
    done = run(["unshare", "--mount", "sh", "-euc", f"""{mount}
for time in $(seq {times}); do {BIN}/carrito-agent enrol --config {board}/agent.conf {file}; done
ls {file} 2>/dev/null || true"""])
    assert done.returncode == 0, done
    return done


def _marks(board):
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in board.iterdir()}


@pytest.mark.skipif(not may_be_far(), reason="no mounts of our own (needs root)")
def test_a_read_only_boot_partition_keeps_its_file_and_nothing_is_written_again(cell, board, tmp_path):
    cart = plate()
    boot = tmp_path / "boot"
    boot.mkdir()
    file = shutil.copy(_file(cell, cart), boot)
    mount = f"mount --bind {boot} {boot}; mount -o remount,bind,ro {boot}"
    done = _enrolled_on(mount, board, file)
    assert f"is the cart {cart}" in done.stderr and "stays, as its file system is read-only" in done.stderr
    assert done.stdout.split() == [str(file)]
    text, before = (board / "agent.conf").read_text(), _marks(board)
    assert f"\ncart={cart}\n" in text
    _enrolled_on(mount, board, file, times=3)
    assert _marks(board) == before and (board / "agent.conf").read_text() == text
