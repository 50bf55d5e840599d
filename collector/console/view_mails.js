// Mails that are owed, and what came of them.
import { query } from "/console/api.js";
import { el } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, badge } from "/console/table.js";
import { choice, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const SHOWN = 200;
const statuses = ["waiting", "sent", "failed", "skipped", "digested"];

export default class Mails extends View {
  #status = this.kept("status", "", statuses);
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
    this.set(
      el(
        "div.row.toolbar",
        {},
        choice(
          t("day-status"),
          [["", t("app-all")], ...statuses.map((status) => [status, word("mail", status)])],
          this.#status,
          (status) => {
            this.#status = status;
            this.keep("status", status);
            this.renew();
          },
        ),
      ),
      this.#table.element,
    );
    this.look(3000);
  }

  async load() {
    await this.fill(this.#table, query("/mails", { status: this.#status }), SHOWN);
  }
}
