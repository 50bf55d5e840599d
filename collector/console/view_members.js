// Applications for membership, and the decisions about them.
import { part, post, query } from "/console/api.js";
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const SHOWN = 300;
const statusKind = { pending: "major", accepted: "good", rejected: "quiet", left: "quiet" };

export default class Members extends View {
  #status = this.kept("status", "pending", ["", ...Object.keys(statusKind)]);
  #table = new Table({
    caption: t("view-members"),
    empty: t("member-none"),
    key: (row) => row.id,
    columns: [
      { key: "name", label: t("member-name"), show: (row) => `${row.name} ${row.lastname}` },
      { key: "rut", label: t("member-id"), show: (row) => row.rut ?? row.passport },
      { key: "plate", label: t("member-plate") },
      { key: "email", label: t("order-email") },
      {
        key: "premium",
        label: t("member-premium"),
        show: (row) => word("bool", row.premium),
      },
      {
        key: "status",
        label: t("day-status"),
        show: (row) => badge(word("member", row.status), statusKind[row.status]),
      },
      {
        key: "conflict",
        label: t("member-conflict"),
        show: (row) => (row.conflict ? badge(word("conflict", row.conflict), "major") : ""),
      },
      { key: "reason", label: t("reason"), kind: "wide" },
      { key: "applied", label: t("member-applied"), show: (row) => time(row.applied) },
    ],
    actions: (row) =>
      row.status === "pending"
        ? [
            act(t("member-accept"), () => this.#decide(row, true), { name: row.name }),
            act(t("member-reject"), () => this.#decide(row, false), { name: row.name }),
          ]
        : [],
  });

  mount() {
    this.set(
      el(
        "div.row.toolbar",
        {},
        choice(
          t("day-status"),
          [
            ["", t("app-all")],
            ...Object.keys(statusKind).map((status) => [status, word("member", status)]),
          ].reverse(),
          this.#status,
          (status) => {
            this.#status = status;
            this.keep("status", status, "pending");
            this.renew();
          },
        ),
        el("span.space"),
        exports(
          () => query("/members", { status: this.#status }),
          () => "socios",
        ),
      ),
      this.#table.element,
    );
    this.look(3000);
  }

  async load() {
    await this.fill(this.#table, query("/members", { status: this.#status }), SHOWN);
  }

  #decide(row, accept) {
    const [question, label] = accept
      ? [t("member-accept-ask", row.name), t("member-accept")]
      : [t("member-reject-ask", row.name), t("member-reject")];
    this.ask(
      question,
      label,
      (reason) =>
        post(
          `/members/${part(row.id)}/decision`,
          reason ? { accept, reason } : { accept },
        ),
      t("reason"),
    );
  }
}
