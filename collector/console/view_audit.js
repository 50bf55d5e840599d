// Per cart and epoch: what is here, and what is not.
import { query } from "/console/api.js";
import { el } from "/console/dom.js";
import { number } from "/console/format.js";
import { Table } from "/console/table.js";
import { View } from "/console/view.js";
import { t } from "/console/words.js";

const figure = (key, label) => ({ key, label, kind: "num", show: (row) => number(row[key]) });

const SHOWN = 1000;

export default class Audit extends View {
  #cart = el("input", {
    type: "search",
    value: this.kept("cart"),
    maxlength: 64,
    onchange: () => {
      this.keep("cart", this.#cart.value.trim());
      this.renew();
    },
  });
  #table = new Table({
    caption: t("view-audit"),
    blocks: true,
    empty: t("audit-none"),
    key: (row) => `${row.cart}/${row.epoch}`,
    columns: [
      { key: "cart", label: t("cart") },
      { key: "epoch", label: t("audit-epoch"), kind: "mono" },
      figure("highest", t("audit-highest")),
      figure("highest_receipt", t("audit-receipt")),
      {
        key: "missing",
        label: t("day-missing"),
        sort: (row) => row.missing.length,
        show: (row) =>
          row.missing.map(({ from, to }) => (from === to ? from : `${from}–${to}`)).join(", "),
      },
      figure("duplicates", t("audit-duplicates")),
      figure("set_aside", t("view-letters")),
    ],
  });

  mount() {
    this.set(
      el("div.row.toolbar", {}, el("label.inline", {}, el("span", {}, t("cart")), this.#cart)),
      this.#table.element,
    );
    this.renewOn(["sale"], 2000);
    this.every(10000, () => this.renew()); // duplicates and what is set aside are no sale
  }

  async load() {
    await this.fill(this.#table, query("/audit", { cart: this.#cart.value.trim() }), SHOWN);
  }
}
