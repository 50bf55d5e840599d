// Who did what.
import { query } from "/console/api.js";
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t } from "/console/words.js";

const SHOWN = 300;

export default class Actions extends View {
  #user = this.#input("user", { type: "search", maxlength: 64 });
  #from = this.#input("from", { type: "date" });
  #to = this.#input("to", { type: "date" });
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
        [
          [t("action-user"), this.#user],
          [t("app-from"), this.#from],
          [t("app-to"), this.#to],
        ].map(([label, input]) => el("label.inline", {}, el("span", {}, label), input)),
        el("span.space"),
        exports(
          () => this.#path(),
          () => "bitacora",
        ),
      ),
      this.#table.element,
    );
    this.look(3000);
  }

  #input(name, attributes) {
    const input = el("input", {
      ...attributes,
      value: this.kept(name),
      onchange: () => {
        this.keep(name, input.value.trim());
        this.renew();
      },
    });
    return input;
  }

  #path() {
    return query("/actions", {
      user: this.#user.value.trim(),
      from: this.#from.value,
      to: this.#to.value,
    });
  }

  async load() {
    await this.fill(this.#table, this.#path(), SHOWN);
  }
}
