"""A board that has never been a cart takes the file that lies on the partition it boots from, when the package
starts its service for the first time: it is that cart, sells, and the file with its key is gone. A file that
is not good is left, said why, and harms nobody."""
import pytest

from harness.box import Box, faults_of, packages

BOOT = "/boot/firmware/carrito.enrol"
MAKE = """install -d /boot/firmware
openssl req -x509 -newkey rsa:2048 -nodes -keyout broker.key -out broker.crt -days 30 -subj /CN=cell1 2>&1
carritoctl cart add BBCL23 --authority guild --broker cell1.example.org --broker-ca broker.crt \\
    --out /boot/firmware/carrito.enrol
grep -A 9 '^.key.$' /boot/firmware/carrito.enrol | grep -c PRIVATE"""


@pytest.fixture(scope="module", name="box")
def _box(module_scene, tell):
    tell("system: a board and its file")
    box = Box(module_scene, warm=True).start()
    box.put(*(path for name, path in packages().items() if name in ("carrito-agent", "carritoctl")))
    box.do("apt-get install -y ./carritoctl_*.deb", seconds=120)
    assert box.do(MAKE).split()[-1] == "2"
    box.do("apt-get install -y ./carrito-agent_*.deb", seconds=120)
    box.do("adduser --disabled-password --gecos '' vendor; adduser vendor carrito-till")
    return box


def test_it_is_that_cart_from_its_first_start_and_sells(box):
    assert box.active("carrito-agent")
    assert "cart BBCL23: no broker" in box.show("carrito-agent", "StatusText")
    assert "this board is the cart BBCL23" in box.journal("-u carrito-agent")
    assert box.run(f"test -e {BOOT}").returncode == 1
    assert box.do("carrito-agent sell --quantity 2", user="vendor").startswith("ok")
    assert faults_of(box, "carrito-agent") == []


def test_what_it_got_is_read_by_the_agent_and_by_nobody_else(box):
    names = "agent.conf broker-ca.crt cart.crt cart.key clients.key"
    rights = box.do(f"cd /etc/carrito; stat -c '%U:%G %a' {names} | sort -u")
    assert rights == "root:carrito-agent 640\n"
    assert box.do("ls /etc/carrito | tr '\\n' ' '").strip() == names
    assert "configuration ok" in box.do("carrito-agent --config /etc/carrito/agent.conf --check")
    box.do("grep -x 'mqtt_host=cell1.example.org' /etc/carrito/agent.conf; "
           "grep -x 'clients=pseudonym' /etc/carrito/agent.conf")


def test_a_file_that_is_cut_is_left_and_the_cart_sells_on(box):
    box.do("carritoctl cart add BBCL24 --authority guild --out whole.enrol; "
           f"head -c 700 whole.enrol >{BOOT}; systemctl restart carrito-agent")
    assert box.active("carrito-agent")
    assert "it is not whole" in box.journal("-u carrito-agent")
    assert box.run(f"test -e {BOOT}").returncode == 0
    assert "cart BBCL23" in box.show("carrito-agent", "StatusText")
    assert box.do("carrito-agent sell --quantity 1", user="vendor").startswith("ok")


def test_another_cart_on_this_board_keeps_the_former_ones_key(box):
    box.do(f"cp whole.enrol {BOOT}; systemctl restart carrito-agent")
    assert "cart BBCL24" in box.show("carrito-agent", "StatusText")
    assert box.do("cd /etc/carrito; stat -c '%U:%G %a' cart.BBCL23.*").split("\n")[:2] == [
        "root:carrito-agent 640"] * 2
    box.do("openssl x509 -in /etc/carrito/cart.BBCL23.crt -noout -subject | grep BBCL23")
    assert faults_of(box, "carrito-agent") == []


def test_a_purge_takes_all_of_it(box):
    box.do("apt-get purge -y carrito-agent", seconds=120)
    assert box.run("ls /etc/carrito/*").returncode != 0
