"""The commands of the administrator's page, as it prints them: a test that runs them from here runs what
a person would copy."""
import re
import textwrap

from .process import ROOT

PAGE = ROOT / "docs" / "administrator.md"


def blocks(section, page=PAGE):
    """The indented blocks of a section (a heading of the second level), each as one script."""
    text = page.read_text()
    start = re.search(rf"^## {re.escape(section)}$", text, re.M)
    assert start, f"{page.name} has no section {section}"
    body = text[start.end():].partition("\n## ")[0]
    found = re.findall(r"(?:^ {4}.*\n)+", body, re.M)
    assert found, f"section {section} has no commands"
    return [textwrap.dedent(block) for block in found]


def block(section, words, page=PAGE):
    """The one block of a section that has these words."""
    found = [one for one in blocks(section, page) if words in one]
    assert len(found) == 1, f"{len(found)} blocks of {section} have {words!r}"
    return found[0]
