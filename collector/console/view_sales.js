// Receipts, newest first, of one cart or of all; taking one back, and the way that it went.
import { part, post, query } from "/console/api.js";
import { show } from "/console/dialog.js";
import { el } from "/console/dom.js";
import { number, pesos, time, today } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t } from "/console/words.js";

const SHOWN = 200;

export default class Sales extends View {
  #cart = el("input", {
    type: "search",
    value: this.kept("cart"),
    maxlength: 64,
    onchange: () => this.#filter(),
  });
  #day = el("input", {
    type: "date",
    value: this.kept("day", today()),
    onchange: () => this.#filter(),
  });
  #table = new Table({
    caption: t("view-sales"),
    empty: t("sale-none"),
    key: (row) => `${row.epoch}/${row.receipt}`,
    columns: [
      { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
      { key: "cart", label: t("cart") },
      { key: "receipt", label: t("sale-receipt"), kind: "num" },
      { key: "client", label: t("sale-client") },
      {
        key: "quantity",
        label: t("day-quantity"),
        kind: "num",
        show: (row) => number(row.quantity),
      },
      { key: "amount", label: t("day-amount"), kind: "num", show: (row) => pesos(row.amount) },
      {
        key: "voided",
        label: t("day-status"),
        show: (row) => (row.voided ? badge(t("sale-voided"), "bad") : t("sale-counted")),
      },
    ],
    rowClass: (row) => (row.voided ? "voided" : null),
    actions: (row) => [
      act(t("sale-trace"), () => this.#trace(row), { name: row.receipt }),
      this.acts && !row.voided && act(t("sale-void"), () => this.#void(row), { name: row.receipt }),
    ],
  });

  mount() {
    this.set(
      el(
        "div.row.toolbar",
        {},
        el("label.inline", {}, el("span", {}, t("cart")), this.#cart),
        el("label.inline", {}, el("span", {}, t("day")), this.#day),
        el("span.space"),
        exports(
          () => this.#path(),
          () => `detalle-de-ventas-${this.#day.value}`,
        ),
      ),
      this.#table.element,
    );
    this.renewOn(["sale"], 1000);
  }

  #filter() {
    this.keep("cart", this.#cart.value.trim());
    this.keep("day", this.#day.value, today());
    this.renew();
  }

  #path() {
    return query("/sales", {
      cart: this.#cart.value.trim(),
      from: this.#day.value,
      to: this.#day.value,
    });
  }

  async load() {
    await this.fill(this.#table, this.#path(), SHOWN);
  }

  #void(row) {
    this.ask(
      t("sale-void-ask", row.receipt, row.cart),
      t("sale-void"),
      (reason) => post(`/sales/${part(row.cart)}/${row.epoch}/${row.receipt}/void`, { reason }),
      t("reason"),
    );
  }

  async #trace(row) {
    const found = await this.get(`/trace/${part(row.cart)}/${row.epoch}/${row.receipt}`);
    show(
      t("sale-trace-title", row.receipt, row.cart),
      el("pre", { tabindex: 0 }, JSON.stringify(found, null, 2)),
    );
  }
}
