"""A header is a contract between two: one that a single file includes, beside its own .c, is either a
part of that file or has a reason to stand apart. Reasons that are seen: a unit test is its second user;
its user is in another room, or is a main.c, which only starts what others do; it is a part of a header
that its own .c and others include; its .c includes a foreign header, which who decides does not. Any other reason is a
line of headers.txt beside this file: the header, then why. Names what has none, and lines that are no
longer needed, and exits 1."""
import re
import sys
from collections import defaultdict
from pathlib import Path

PROGRAMS = ("agent", "bridge", "collector", "common", "ctl", "sim", "till")
REASONS = Path(__file__).with_name("headers.txt")
OURS = re.compile(r'^#include "([\w/]+\.h)"', re.MULTILINE)
FOREIGN = re.compile(r"^#include <(cjson|curl|expat|gps|libpq|librdkafka|microhttpd|mosquitto|openssl|sodium|sqlite3|"
                     r"systemd|sys/socket|linux)\b", re.MULTILINE)


def users_of_headers():
    users = defaultdict(set)
    for program in (*PROGRAMS, "tests"):
        for path in Path(program).rglob("*.[ch]"):
            for header in OURS.findall(path.read_text(errors="replace")):
                if path.with_suffix(".h") != Path(header):
                    users[header].add(path)
    return users


def foreign(path):
    return set(FOREIGN.findall(path.read_text())) if path.exists() else set()


def lacks_reason(header, users):
    """Has it one user, for no reason that is seen?"""
    if len(users[str(header)]) != 1:
        return False
    user, = users[str(header)]
    return (user.parent == header.parent and user.name != "main.c"
            and not (user.suffix == ".h" and users[str(user)])
            and not foreign(header.with_suffix(".c")) - foreign(user))


def reasons():
    for line in REASONS.read_text().splitlines():
        if line and not line.startswith("#"):
            header, _, reason = line.partition(" ")
            yield header, reason.strip()


def main():
    users, told = users_of_headers(), dict(reasons())
    single = {str(header): min(users[str(header)])
              for program in PROGRAMS for header in Path(program).rglob("*.h")
              if lacks_reason(header, users)}
    found = [f"{header}: only {user} includes it: merge it, or say why not in {REASONS.name}"
             for header, user in sorted(single.items()) if not told.get(header)]
    found += [f"{REASONS.name}: {header} needs no reason" for header in sorted(told.keys() - single.keys())]
    found += [f"{header}: nothing includes it" for program in PROGRAMS
              for header in sorted(map(str, Path(program).rglob("*.h")))
              if not users[header] and not Path(header).with_suffix(".c").exists()]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
