"""What the order benchmark writes: a plot (SVG) and a table per scenario of docs/bench/orders.md."""
import statistics
from xml.sax.saxutils import escape

from measure import percentile

WIDTH, HEIGHT = 760, 340
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 50
POINTS = 1000  # of a line; more orders than that are drawn by every so-manieth
COLOURS = ["#1b7837", "#e08214", "#7b3294"]


def figures(run):
    """A run: latencies in ms in the order of the orders, those never seen `finalizado` None."""
    seen = [value for value in run["done"] if value is not None]
    if not seen:
        return None
    return {"mean": statistics.mean(seen), "deviation": statistics.pstdev(seen),
            "p50": percentile(seen, 0.5), "p99": percentile(seen, 0.99), "most": max(seen),
            "throughput": len(seen) / run["seconds"], "accepted": statistics.mean(run["accepted"]),
            "wrong": run["wrong"]}


def _decades(low, high):
    power = 0.1
    while power * 10 <= low:
        power *= 10
    ticks = [power]
    while ticks[-1] < high:
        ticks.append(ticks[-1] * 10)
    return ticks


def _label(value):
    return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms"


class _Scale:
    """From order and latency to the place on the page; latency by its logarithm."""

    def __init__(self, orders, low, high):
        from math import log10
        self._log, self._orders = log10, max(1, orders - 1)
        self.ticks = _decades(low, high)
        self._low = log10(self.ticks[0])
        self._span = log10(self.ticks[-1]) - self._low or 1

    def x(self, order):
        return LEFT + (WIDTH - LEFT - RIGHT) * order / self._orders

    def y(self, latency):
        share = (self._log(max(latency, self.ticks[0])) - self._low) / self._span
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _line(scale, values, colour):
    step = max(1, len(values) // POINTS)
    points = " ".join(f"{scale.x(i):.1f},{scale.y(v):.1f}"
                      for i, v in list(enumerate(values))[::step] if v is not None)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" points="{points}"/>'


def plot(title, runs):
    """`runs`: {name: run}. The SVG's text."""
    seen = [v for run in runs.values() for v in run["done"] if v is not None]
    orders = max(len(run["done"]) for run in runs.values())
    scale = _Scale(orders, min(seen), max(seen))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>']
    for tick in scale.ticks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.y(tick):.1f}" '
                     f'y2="{scale.y(tick):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{scale.y(tick) + 4:.1f}" text-anchor="end">'
                     f'{_label(tick)}</text>')
    for i, (name, run) in enumerate(runs.items()):
        colour = COLOURS[i % len(COLOURS)]
        parts.append(_line(scale, run["done"], colour))
        x = LEFT + i * 230
        parts.append(f'<rect x="{x}" y="{HEIGHT - 18}" width="12" height="4" fill="{colour}"/>'
                     f'<text x="{x + 18}" y="{HEIGHT - 12}">{escape(name)}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 30}" text-anchor="end">'
                 f'order 1 to {orders}</text></svg>')
    return "\n".join(parts) + "\n"


COLUMNS = ["mean", "deviation", "p50", "p99", "most", "accepted", "throughput", "wrong"]
HEADS = ["system", "mean ms", "deviation ms", "p50 ms", "p99 ms", "most ms", "mean ms to the 202",
         "orders/s", "not `finalizado` at the end"]


def _cell(value):
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def table(runs):
    """Markdown; the first system is what the others' means are held against."""
    rows = ["| " + " | ".join(HEADS) + " | × ours |", "|---" * (len(HEADS) + 1) + "|"]
    ours = None
    for name, run in runs.items():
        found = figures(run)
        if found is None:
            rows.append(f"| {name} | none was seen `finalizado` |" + " |" * len(HEADS))
            continue
        ours = ours or found["mean"]
        cells = [_cell(found[column]) for column in COLUMNS]
        rows.append(f"| {name} | " + " | ".join(cells) + f" | {found['mean'] / ours:,.1f} |")
    return "\n".join(rows) + "\n"
