// What the views of one day share: which day it is, how one goes to another, and the columns of a
// cart's day. It loads again with each sale, and now and then without one.
import { el } from "/console/dom.js";
import { number, pesos, shiftDay, today } from "/console/format.js";
import { badge } from "/console/table.js";
import { View } from "/console/view.js";
import { t, word } from "/console/words.js";

const QUIET_MS = 5000; // a day closes and a cart confirms its sums without a sale
const completeKind = { true: "good", false: "bad", null: "quiet" };

export const sumColumns = [
  { key: "cart", label: t("cart") },
  { key: "quantity", label: t("day-quantity"), kind: "num", show: (row) => number(row.quantity) },
  { key: "amount", label: t("day-amount"), kind: "num", show: (row) => pesos(row.amount) },
  { key: "sales", label: t("view-sales"), kind: "num", show: (row) => number(row.sales) },
];

export const completeColumn = {
  key: "complete",
  label: t("day-complete"),
  sort: (row) => String(row.complete),
  show: (row) => badge(word("complete", String(row.complete)), completeKind[String(row.complete)]),
};

export class DayView extends View {
  day = this.parameters.get("day") ?? today();
  date = el("input", { type: "date", required: true, onchange: () => this.go(this.date.value) });

  /* The view's name in the address is each one's own: `name`. */
  go(day) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return;
    this.day = day;
    history.replaceState(null, "", `#/${this.name}?day=${day}`);
    this.renew();
  }

  #step(label, text, days) {
    const onclick = () => this.go(days === 0 ? today() : shiftDay(this.day, days));
    return el("button", { type: "button", "aria-label": label, onclick }, text);
  }

  /* `more`: what stands at its end. */
  bar(...more) {
    return el(
      "div.row.toolbar",
      {},
      this.#step(t("day-before"), "‹", -1),
      el("label.inline", {}, el("span.unseen", {}, t("day")), this.date),
      this.#step(t("day-after"), "›", 1),
      this.#step(t("day-today"), t("day-today"), 0),
      el("span.space"),
      ...more,
    );
  }

  renewWithSales() {
    this.renewOn(["sale"], 1000);
    this.every(QUIET_MS, () => this.renew());
  }
}
