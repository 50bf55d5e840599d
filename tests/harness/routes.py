"""The API's routes as the collector prints them (`--routes`): what a test must cover is asked of the
table, what it must answer is the contract's."""
import re
import subprocess
from dataclasses import dataclass

from .process import BIN

ROLES = {"viewer", "operator", "admin", "vendor", "tracker"}


@dataclass(frozen=True)
class Route:
    """A line of it: `roles` empty where it is open to all, `flags` as the collector's words."""
    method: str
    path: str
    roles: frozenset
    flags: frozenset
    query: frozenset


def table():
    """All routes, with the query parameters that whole kinds of them share."""
    lines = subprocess.run([BIN / "carrito-collector", "--routes"], check=True, timeout=10,
                           capture_output=True, text=True).stdout.splitlines()
    found = []
    for line in lines:
        method, path, who, query, flags = line.split("\t")
        found.append(Route(method, path,
                           frozenset(() if who == "everybody" else who.split(",")),
                           frozenset(() if flags == "-" else flags.split(",")),
                           frozenset(() if query == "-" else query.split(", "))))
    assert found, "carrito-collector --routes printed nothing"
    return found


def routes():
    """(method, path with something in place of its names, roles that may; none: open to all)."""
    return [(route.method, re.sub(r"\{\w+\}", "1", route.path.replace("{cart}", "BBCL23")),
             set(route.roles)) for route in table()]
