// The day's table: what each cart sold, how sure that is, and the hours against a week before.
import { completeColumn, DayView, sumColumns } from "/console/day_view.js";
import { el, replace } from "/console/dom.js";
import { part } from "/console/api.js";
import { dayInWords, number, pesos, shiftDay, startHour, time } from "/console/format.js";
import { show } from "/console/dialog.js";
import { HourChart } from "/console/hour_chart.js";
import { Table, act } from "/console/table.js";
import { exports } from "/console/view.js";
import { t, word } from "/console/words.js";

const HOURS_MS = 15000;

const missing = (row) =>
  (row.missing ?? []).map(({ from, to }) => (from === to ? from : `${from}–${to}`)).join(", ");

const columns = [
  ...sumColumns,
  { key: "clients", label: t("day-clients"), kind: "num", show: (row) => number(row.clients) },
  { key: "average", label: t("day-average"), kind: "num", show: (row) => number(row.average) },
  { key: "voided", label: t("day-voided"), kind: "num", show: (row) => number(row.voided) },
  { key: "unpriced", label: t("day-unpriced"), kind: "num", show: (row) => number(row.unpriced) },
  { key: "revision", label: t("day-revision"), kind: "num", show: (row) => number(row.revision) },
  { key: "status", label: t("day-status"), show: (row) => word("day", row.status) },
  completeColumn,
  {
    key: "missing",
    label: t("day-missing"),
    show: missing,
    sort: (row) => row.missing?.length ?? 0,
  },
];

export default class Daily extends DayView {
  name = "daily";
  #title = el("h2");
  #figures = el("div.figures");
  #table = new Table({
    caption: t("day-totals"),
    columns,
    key: (row) => row.cart,
    empty: t("day-nothing"),
    actions: (row) => [
      row.revision > 1 &&
        act(t("day-revision"), () => this.#revisions(row.cart), { name: row.cart }),
      el(
        "a.small.button",
        {
          href: `#/sales?cart=${part(row.cart)}&day=${this.day}`,
          "aria-label": `${t("view-sales")}: ${row.cart}`,
        },
        t("view-sales"),
      ),
    ],
  });
  #chart = new HourChart();
  #shown = { day: null, at: 0 };

  mount() {
    this.set(
      this.bar(
        exports(
          () => `/daily-sales?day=${this.day}`,
          () => `ventas-${this.day}`,
        ),
      ),
      this.#title,
      this.#figures,
      this.#chart.element,
      this.#table.element,
    );
    this.renewWithSales();
    this.whenLeft(() => this.#chart.remove());
  }

  async load() {
    const day = this.day;
    const [rows, total] = await Promise.all([
      this.all(`/daily-sales?day=${day}`),
      this.get(`/daily-sales?day=${day}&group=day`),
      this.#hours(day),
    ]);
    if (day !== this.day) return;
    this.date.value = day;
    this.#title.textContent = t("day-table", dayInWords(day));
    this.#table.rows = rows;
    this.#showTotals(rows, total.items[0]);
  }

  /* The hours cost the server a look at each receipt of the day: not after each sale. */
  async #hours(day) {
    if (this.#shown.day === day && Date.now() - this.#shown.at < HOURS_MS) return;
    const before = shiftDay(day, -7);
    const [now, then] = await Promise.all(
      [day, before].map((one) => this.get(`/daily-sales/${one}/hours`)),
    );
    this.#shown = { day, at: Date.now() };
    await this.#chart.show(now.items, then.items, [day, before], startHour(day));
  }

  #showTotals(rows, total) {
    const sure = rows.filter((row) => row.complete === true).length;
    const figure = (label, value) =>
      el("div.figure", {}, el("span.label", {}, label), el("strong", {}, value));
    replace(
      this.#figures,
      total && [
        figure(t("day-quantity"), number(total.quantity)),
        figure(t("day-amount"), pesos(total.amount)),
        figure(t("day-clients"), number(total.clients)),
        figure(t("day-average"), number(total.average)),
        figure(t("day-confirmed"), `${sure} / ${rows.length}`),
      ],
    );
    this.#table.foot(
      total && [
        t("day-total"),
        ...columns.slice(1, 8).map((column) => column.show(total)),
        "",
        word("day", total.status),
        "",
        "",
        "",
      ],
    );
  }

  async #revisions(cart) {
    const { items } = await this.get(`/daily-sales/${this.day}/${part(cart)}/revisions`);
    const sums = (row) => (row ? `${number(row.quantity)} · ${pesos(row.amount)}` : "–");
    const table = new Table({
      caption: t("day-revisions", cart),
      sortable: false,
      key: (row) => row.revision,
      columns: [
        { key: "revision", label: t("day-revision"), kind: "num" },
        { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
        { key: "cause", label: t("day-cause"), show: (row) => word("cause", row.cause) },
        { key: "before", label: t("day-before-row"), kind: "num", show: (row) => sums(row.before) },
        { key: "after", label: t("day-after-row"), kind: "num", show: (row) => sums(row.after) },
      ],
    });
    table.rows = items;
    show(t("day-revisions", `${cart}, ${this.day}`), table.element);
  }
}
