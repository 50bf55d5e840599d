"""A function that no program calls is dead, also where a test calls it: what it tests is not what runs. Looks at
the functions of the programs that are not static; each is named somewhere but in its own head and its header.
Names what is dead and exits 1."""
import re
import sys
from collections import Counter
from pathlib import Path

PROGRAMS = ("agent", "bridge", "collector", "common", "ctl", "sim", "till")
# A head begins its line; its parameters may go on over lines, its body begins one.
HEAD = re.compile(r"^(?!static\b|typedef\b|#)[a-z][\w \*]*?\b(\w+)\([^;{}]*\)\n\{", re.MULTILINE)
NOT_CODE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
# What another calls: the C library; a test of a producer that breaks, for whom librdkafka takes the client.
CALLED_FROM_OUTSIDE = {"main", "kafka_out_client"}


def main():
    sources = {path: NOT_CODE.sub("", path.read_text()) for program in PROGRAMS
               for path in sorted(Path(program).rglob("*.c"))}
    headers = [NOT_CODE.sub("", path.read_text()) for program in PROGRAMS for path in Path(program).rglob("*.h")]
    named = Counter(re.findall(r"\w+", "\n".join(sources.values())))
    # In a header a name is a declaration, but for what a macro or an inline function calls.
    for text in headers:
        for body in re.findall(r"#define(?:[^\n]*\\\n)*[^\n]*|\n\{.*?\n\}", text, re.DOTALL):
            named.update(re.findall(r"\w+", body))
    heads = Counter(name for text in sources.values() for name in HEAD.findall(text))
    found = [f"{path}: nothing calls {name}()" for path, text in sources.items() for name in HEAD.findall(text)
             if named[name] == heads[name] and name not in CALLED_FROM_OUTSIDE]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
