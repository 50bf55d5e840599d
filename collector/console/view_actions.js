// Who did what.
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t } from "/console/words.js";

export default class Actions extends View {
  #table = new Table({
    caption: t("view-actions"),
    key: (row) => `${row.time}/${row.action}/${row.subject}`,
    columns: [
      { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
      { key: "user", label: t("action-user") },
      { key: "action", label: t("action-action"), kind: "mono" },
      { key: "subject", label: t("action-subject"), kind: "id" },
      { key: "details", label: t("app-details"), kind: "wide" },
    ],
  });

  mount() {
    this.set(
      el(
        "div.row.toolbar",
        {},
        el("span.space"),
        exports(
          () => "/actions",
          () => "bitacora",
        ),
      ),
      this.#table.element,
    );
    this.every(3000, () => this.renew());
  }

  async load() {
    this.#table.rows = (await this.get("/actions?limit=300")).items;
  }
}
