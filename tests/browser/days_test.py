"""The console's day is the guild's: what format.js makes of an instant is what the oracle makes of it, on
every day of six years, whenever days begin and wherever the guild is."""
from datetime import date, timedelta

import pytest

from oracle.days import Calendar

SCRIPT = """
const [zone, start, instants, done] = arguments;
import("/console/format.js").then((format) => {
  format.setGuild({ zone, day_starts: [{ from: null, start }] });
  done(instants.map((ms) => format.dayOf(new Date(ms))));
}, (error) => done(String(error)));
"""


def days():
    day = date(2022, 1, 1)
    while day < date(2028, 1, 1):
        yield day.isoformat()
        day += timedelta(days=1)


@pytest.mark.parametrize("zone", ["America/Santiago", "Europe/Madrid"])
@pytest.mark.parametrize("start", ["00:00", "02:00", "02:30", "04:00", "12:00"])
def test_every_day_begins_where_the_oracle_says(centre, browser, zone, start):
    calendar = Calendar(zone, starts={"0001-01-01": start})
    edges = [calendar.start_ms(day) for day in days()]
    instants = [at for edge in edges for at in (edge - 1, edge)]
    browser.set_script_timeout(60)
    browser.get(f"{centre.api.base}/")
    shown = browser.execute_async_script(SCRIPT, zone, start, instants)
    assert isinstance(shown, list), shown
    wrong = [(at, day, calendar.day_of(at)) for at, day in zip(instants, shown)
             if day != calendar.day_of(at)]
    assert not wrong, f"{len(wrong)} of {len(instants)}: {wrong[:3]}"
