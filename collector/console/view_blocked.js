// Accounts that are blocked after too many attempts to sign in.
import { part, remove } from "/console/api.js";
import { number, time } from "/console/format.js";
import { Table, act } from "/console/table.js";
import { View } from "/console/view.js";
import { t } from "/console/words.js";

export default class Blocked extends View {
  #table = new Table({
    caption: t("view-blocked"),
    blocks: true,
    key: (row) => row.user,
    empty: t("blocked-none"),
    columns: [
      { key: "user", label: t("user-name") },
      { key: "since", label: t("alert-started"), show: (row) => time(row.since) },
      { key: "until", label: t("alert-ended"), show: (row) => time(row.until) },
      {
        key: "attempts",
        label: t("blocked-attempts"),
        kind: "num",
        show: (row) => number(row.attempts),
      },
    ],
    actions: (row) => [
      act(t("blocked-lift"), () => this.act(() => remove(`/blocked/${part(row.user)}`)), {
        name: row.user,
      }),
    ],
  });

  mount() {
    this.set(this.#table.element);
    this.renewOn(["alert"], 300);
    this.look(3000);
  }

  async load() {
    this.#table.rows = await this.all("/blocked");
  }
}
