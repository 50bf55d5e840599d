"""A network of some processes' own: loopback, and a way out into which everything vanishes. Names are
what `hosts` says; every other one is asked of two name servers that never answer."""
import subprocess

NAME_SERVERS = ("10.9.0.53", "10.9.0.54")
SILENT = "fd00:9::99"  # connect() begins and never ends
_NOWHERE = "02:00:00:00:00:01"
_ENTER = f"""
ip link set lo up
ip link add far0 type veth peer name far1
ip link set far0 up; ip link set far1 up
ip addr add 10.9.0.1/24 dev far0
ip addr add fd00:9::1/64 dev far0 nodad
ip neigh add {SILENT} lladdr {_NOWHERE} dev far0 nud permanent
for server in {" ".join(NAME_SERVERS)}; do
    ip neigh add "$server" lladdr {_NOWHERE} dev far0 nud permanent
done
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/hosts" /etc/hosts
shift
exec "$@"
"""


def far_away(process, folder, hosts=""):
    """Lets `process` start in such a network; `hosts` are lines of /etc/hosts. Needs root. What is in
    the network ends with the process."""
    folder.mkdir(exist_ok=True)
    (folder / "resolv.conf").write_text("".join(f"nameserver {one}\n" for one in NAME_SERVERS))
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{hosts}")
    process.argv = ["unshare", "--mount", "--net", "sh", "-euc", _ENTER, "far", str(folder),
                    *process.argv]
    return process


def beside(process, other):
    """Lets `process` start in the network of `other`, which runs."""
    process.argv = ["nsenter", "--target", str(other.pid), "--mount", "--net", *process.argv]
    return process


def may_be_far():
    """Whether this machine lets us make one."""
    done = subprocess.run(["unshare", "--mount", "--net", "ip", "link", "add", "far0", "type", "veth",
                           "peer", "name", "far1"], capture_output=True, check=False)
    return done.returncode == 0
