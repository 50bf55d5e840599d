// Mails that are owed, and what came of them.
import { number, time } from "/console/format.js";
import { Table, badge } from "/console/table.js";
import { View } from "/console/view.js";
import { t, word } from "/console/words.js";

export default class Mails extends View {
  #table = new Table({
    caption: t("view-mails"),
    empty: t("mail-none"),
    key: (row) => row.id,
    columns: [
      { key: "created", label: t("user-created"), show: (row) => time(row.created) },
      { key: "recipient", label: t("mail-to") },
      { key: "template", label: t("alert-kind"), show: (row) => word("template", row.template) },
      {
        key: "status",
        label: t("day-status"),
        show: (row) => badge(word("mail", row.status), row.status === "failed" ? "bad" : "quiet"),
      },
      { key: "sent", label: t("mail-sent-at"), show: (row) => time(row.sent) },
      {
        key: "attempts",
        label: t("blocked-attempts"),
        kind: "num",
        show: (row) => number(row.attempts),
      },
      { key: "answer", label: t("mail-answer"), kind: "wide" },
    ],
  });

  mount() {
    this.set(this.#table.element);
    this.every(3000, () => this.renew());
  }

  async load() {
    this.#table.rows = (await this.get("/mails?limit=200")).items;
  }
}
