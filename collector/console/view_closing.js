// The day's end: does it agree, who is missing, and what to do; a page that can be printed.
import { el } from "/console/dom.js";
import { dayInWords, number, pesos, shiftDay, time, today } from "/console/format.js";
import { Table, badge } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const kinds = {
  agrees: "good",
  "nothing-sold": "quiet",
  "receipts-missing": "bad",
  differs: "bad",
};
const completeKind = { true: "good", false: "bad", null: "quiet" };

const columns = [
  { key: "cart", label: t("cart") },
  { key: "quantity", label: t("day.quantity"), kind: "num", show: (row) => number(row.quantity) },
  { key: "amount", label: t("day.amount"), kind: "num", show: (row) => pesos(row.amount) },
  { key: "sales", label: t("day.sales"), kind: "num", show: (row) => number(row.sales) },
  { key: "closed", label: t("closing.closed"), show: (row) => time(row.closed) },
  { key: "waiting", label: t("cart.waiting"), kind: "num", show: (row) => number(row.waiting) },
  { key: "last_heard", label: t("cart.heard"), show: (row) => time(row.last_heard) },
  {
    key: "complete",
    label: t("day.complete"),
    sort: (row) => String(row.complete),
    show: (row) =>
      badge(word("day.complete", String(row.complete)), completeKind[String(row.complete)]),
  },
  {
    key: "todo",
    label: t("closing.todo"),
    kind: "wide",
    sort: (row) => row.reason,
    show: (row) => el("span", { class: `said ${kinds[row.reason] ?? "warning"}` }, row.todo),
  },
];

export default class Closing extends View {
  #day = this.parameters.get("day") ?? today();
  #date = el("input", { type: "date", required: true, onchange: () => this.#go(this.#date.value) });
  #title = el("h2");
  #sentence = el("p.sentence", { role: "status" });
  #table = new Table({
    caption: t("closing.carts"),
    columns,
    key: (row) => row.cart,
    empty: t("closing.nobody"),
  });

  mount() {
    const step = (label, text, days) =>
      el(
        "button",
        {
          type: "button",
          "aria-label": label,
          onclick: () => this.#go(days === 0 ? today() : shiftDay(this.#day, days)),
        },
        text,
      );
    this.set(
      el(
        "div.row.toolbar",
        {},
        step(t("day.before"), "‹", -1),
        el("label.inline", {}, el("span.unseen", {}, t("day")), this.#date),
        step(t("day.after"), "›", 1),
        step(t("day.today"), t("day.today"), 0),
        el("span.space"),
        el("button", { type: "button", onclick: () => print() }, t("closing.print")),
        exports(
          () => `/closing?day=${this.#day}`,
          () => `cierre-${this.#day}`,
        ),
      ),
      this.#title,
      this.#sentence,
      this.#table.element,
    );
    this.renewOn(["sale"], 1000);
    // a cart closes its day and confirms its sums without a sale
    this.every(5000, () => this.renew());
  }

  #go(day) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return;
    this.#day = day;
    history.replaceState(null, "", `#/closing?day=${day}`);
    this.renew();
  }

  async load() {
    const day = this.#day;
    let page = await this.get(`/closing?day=${day}&limit=1000`);
    const { sentence, carts, agree, items: rows } = page;
    while (page.next !== null) {
      page = await this.get(`/closing?day=${day}&limit=1000&cursor=${page.next}`);
      rows.push(...page.items);
    }
    if (day !== this.#day) return;
    this.#date.value = day;
    this.#title.textContent = t("closing.title", dayInWords(day));
    // A sentence that is the same again is not read out again.
    if (this.#sentence.textContent !== sentence) this.#sentence.textContent = sentence;
    this.#sentence.className = `sentence ${agree === carts ? "good" : "warning"}`;
    this.#table.rows = rows;
  }
}
