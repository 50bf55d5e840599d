// Per cart and epoch: what is here, and what is not.
import { number } from "/console/format.js";
import { Table } from "/console/table.js";
import { View } from "/console/view.js";
import { t } from "/console/words.js";

const figure = (key, label) => ({ key, label, kind: "num", show: (row) => number(row[key]) });

export default class Audit extends View {
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
    this.set(this.#table.element);
    this.renewOn(["sale"], 2000);
    this.every(10000, () => this.renew()); // duplicates and what is set aside are no sale
  }

  async load() {
    this.#table.rows = await this.all("/audit", 5000);
  }
}
