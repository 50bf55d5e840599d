// The day's end: does it agree, who is missing, and what to do; a page that can be printed.
import { completeColumn, DayView, sumColumns } from "/console/day_view.js";
import { el } from "/console/dom.js";
import { dayInWords, number, time } from "/console/format.js";
import { Table } from "/console/table.js";
import { exports } from "/console/view.js";
import { t } from "/console/words.js";

const kinds = {
  agrees: "good",
  "nothing-sold": "quiet",
  "receipts-missing": "bad",
  differs: "bad",
};

const columns = [
  ...sumColumns,
  { key: "closed", label: t("cart-closed"), show: (row) => time(row.closed) },
  { key: "waiting", label: t("cart-waiting"), kind: "num", show: (row) => number(row.waiting) },
  { key: "last_heard", label: t("cart-heard"), show: (row) => time(row.last_heard) },
  completeColumn,
  {
    key: "todo",
    label: t("closing-todo"),
    kind: "wide",
    sort: (row) => row.reason,
    show: (row) => el("span", { class: `said ${kinds[row.reason] ?? "warning"}` }, row.todo),
  },
];

export default class Closing extends DayView {
  name = "closing";
  #title = el("h2");
  #sentence = el("p.sentence", { role: "status" });
  #table = new Table({
    caption: t("closing-carts"),
    columns,
    key: (row) => row.cart,
    empty: () => this.#sentence.textContent,
  });

  mount() {
    this.set(
      this.bar(
        el("button", { type: "button", onclick: () => print() }, t("closing-print")),
        exports(
          () => `/closing?day=${this.day}`,
          () => `cierre-${this.day}`,
        ),
      ),
      this.#title,
      this.#sentence,
      this.#table.element,
    );
    this.renewWithSales();
  }

  async load() {
    const day = this.day;
    let page = await this.get(`/closing?day=${day}&limit=1000`);
    const { sentence, carts, agree, items: rows } = page;
    while (page.next !== null) {
      page = await this.get(`/closing?day=${day}&limit=1000&cursor=${page.next}`);
      rows.push(...page.items);
    }
    if (day !== this.day) return;
    this.date.value = day;
    this.#title.textContent = t("closing-title", dayInWords(day));
    // A sentence that is the same again is not read out again.
    if (this.#sentence.textContent !== sentence) this.#sentence.textContent = sentence;
    this.#sentence.className = `sentence ${agree === carts ? "good" : "warning"}`;
    this.#table.rows = rows;
  }
}
