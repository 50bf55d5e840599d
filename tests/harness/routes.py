"""The API's routes as its own table has them: what a test must cover is asked of the table, what it
must answer is the contract's."""
import re
from dataclasses import dataclass

from .process import ROOT

ROLES = {"viewer", "operator", "admin", "vendor", "tracker"}
_SETS = {"WHO_OPEN": set(), "WHO_READS": {"viewer", "operator", "admin"},
         "WHO_ACTS": {"operator", "admin"}, "WHO_ADMIN": {"admin"}, "WHO_SIGNED_IN": ROLES,
         **{f"ROLE_{role.upper()}": {role} for role in ROLES}}
_ROW = re.compile(r'\{\s*"([A-Z]+)",\s*(API\s+)?"([^"]+)",\s*([A-Z_|\s]+?),\s*([A-Z_|\s0]+?),'
                  r'\s*\{([^}]*)\},')
_SHARED = re.compile(r'\{ (ROUTE_\w+), "(\w+)" \}')


@dataclass(frozen=True)
class Route:
    """A row of the table: `path` as it is written there, `roles` empty where it is open to all."""
    method: str
    path: str
    roles: frozenset
    flags: frozenset
    query: frozenset


def _words(text):
    return {word.strip() for word in text.split("|")} - {"0"}


def table():
    """All rows, with the query parameters that whole kinds of routes share."""
    text = (ROOT / "collector" / "api" / "routes.c").read_text()
    rows = text.partition("const struct route routes[] = {")[2].partition("\n};")[0]
    shared = _SHARED.findall(text.partition("shared_parameters[] = {")[2].partition("\n};")[0])
    found = []
    for method, prefix, pattern, who, flags, query in _ROW.findall(rows):
        flags = _words(flags)
        own = set(re.findall(r'"(\w+)"', query))
        found.append(Route(method, ("/api/v1" if prefix else "") + pattern,
                           frozenset().union(*(_SETS[word] for word in _words(who))),
                           frozenset(flags),
                           frozenset(own | {name for flag, name in shared if flag in flags})))
    assert len(found) == rows.count("{ NULL }") + len(re.findall(r'\{ "\w+"[^{}]*\}', rows)), \
        "a row of the table could not be read"
    return found


def routes():
    """(method, path with something in place of its names, roles that may; none: open to all)."""
    return [(route.method, re.sub(r"\{\w+\}", "1", route.path.replace("{cart}", "BBCL23")),
             set(route.roles)) for route in table()]
