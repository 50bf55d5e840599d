// Pieces per hour of a day beside those of the same weekday a week before: bars, and a table that
// says the same.
import { el, onScheme, replace } from "/console/dom.js";
import { number } from "/console/format.js";
import { t } from "/console/words.js";

let library = null;

/* Chart.js is a plain script; it is loaded when a chart is first wanted. */
function chartLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = el("script", {
      src: "/console/lib/chart.js",
      onload: () => resolve(window.Chart),
      onerror: () => reject(new Error("chart.js")),
    });
    document.head.append(script);
  });
  return library;
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class HourChart {
  #canvas = el("canvas", { "aria-hidden": "true" });
  #table = el("table");
  #chart = null;
  #removed = false;
  #sameColors = onScheme(() => this.#chart?.update("none"));
  element = el(
    "section.panel",
    {},
    el("h2", {}, t("day-hours")),
    el("div.chart", {}, this.#canvas),
    el(
      "details",
      {},
      el("summary", {}, t("day-hours-table")),
      el(
        "div.table-scroll",
        { role: "region", "aria-label": t("day-hours"), tabindex: 0 },
        this.#table,
      ),
    ),
  );

  remove() {
    this.#removed = true;
    this.#sameColors();
    this.#chart?.destroy();
  }

  /* `now`, `before`: rows of { hour, quantity }; `days`: what they are called; `start`: the hour
   * with which a day begins. An hour that comes twice is one bar. */
  async show(now, before, days, start = 0) {
    const place = (hour) => (hour - start + 24) % 24;
    const places = [...now, ...before].map((row) => place(row.hour));
    const first = Math.min(place(Math.max(8, start)), ...places);
    const last = Math.max(place(20), ...places);
    const labels = Array.from(
      { length: last - first + 1 },
      (_, index) => (start + first + index) % 24,
    );
    const of = (rows) =>
      labels.map((hour) =>
        rows.filter((row) => row.hour === hour).reduce((sum, row) => sum + row.quantity, 0),
      );
    const sets = [of(before), of(now)];
    this.#fill(labels, sets, days);
    const Chart = await chartLibrary();
    if (this.#removed) return;
    if (this.#chart === null) this.#make(Chart);
    this.#chart.data.labels = labels.map((hour) => `${hour}:00`);
    sets.forEach((data, index) => {
      Object.assign(this.#chart.data.datasets[index], { data, label: days[1 - index] });
    });
    this.#chart.update("none");
  }

  #fill(labels, [before, now], days) {
    replace(
      this.#table,
      el("caption.unseen", {}, t("day-hours")),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, t("day-hour")),
          [days[0], days[1]].map((day) => el("th.num", { scope: "col" }, day)),
        ),
      ),
      el(
        "tbody",
        {},
        labels.map((hour, index) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, `${hour}:00`),
            el("td.num", {}, number(now[index])),
            el("td.num", {}, number(before[index])),
          ),
        ),
      ),
    );
  }

  #make(Chart) {
    const ink = () => color("--muted");
    const axis = { ticks: { color: ink }, grid: { color: () => color("--line") } };
    this.#chart = new Chart(this.#canvas, {
      type: "bar",
      data: {
        labels: [],
        datasets: [
          { data: [], backgroundColor: () => color("--bar-before") },
          { data: [], backgroundColor: () => color("--accent") },
        ],
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        plugins: { legend: { labels: { color: ink, boxWidth: 14 } } },
        scales: {
          x: { ...axis, grid: { display: false } },
          y: {
            ...axis,
            beginAtZero: true,
            ticks: { color: ink, precision: 0, callback: (value) => number(value) },
          },
        },
      },
    });
  }
}
