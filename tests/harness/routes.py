"""The API's routes as its own table has them: what a test must cover is asked of the table, what it
must answer is the contract's."""
import re

from .process import ROOT

ROLES = {"viewer", "operator", "admin", "vendor", "tracker"}
_SETS = {"WHO_OPEN": set(), "WHO_READS": {"viewer", "operator", "admin"},
         "WHO_ACTS": {"operator", "admin"}, "WHO_ADMIN": {"admin"}, "WHO_SIGNED_IN": ROLES,
         **{f"ROLE_{role.upper()}": {role} for role in ROLES}}
_ROW = re.compile(r'\{\s*"([A-Z]+)",\s*(API\s+)?"([^"]+)",\s*([A-Z_|\s]+?),')


def routes():
    """(method, path with something in place of its names, roles that may; none: open to all)."""
    text = (ROOT / "collector" / "routes.c").read_text()
    table = text.partition("const struct route routes[] = {")[2].partition("\n};")[0]
    found = []
    for method, prefix, pattern, who in _ROW.findall(table):
        path = ("/api/v1" if prefix else "") + pattern.replace("{cart}", "BBCL23")
        roles = set().union(*(_SETS[word.strip()] for word in who.split("|")))
        found.append((method, re.sub(r"\{\w+\}", "1", path), roles))
    assert len(found) > 20, "the table could not be read"
    return found
