// Alerts: those that are open first, the worst before the others, and one kind alone where a person
// asks for it; each is acknowledged, then cleared.
import { part, post, query } from "/console/api.js";
import { isOpen, weight } from "/console/alert_watch.js";
import { el, keepFocus, update } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const statuses = ["ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_UNACK", "CLEARED_ACK"];
const SHOWN = 500;
const AT_ONCE = 100;

const isUnsaid = (row) => row.status.endsWith("UNACK");

export default class Alerts extends View {
  #status = this.kept("status", "open", ["", ...statuses]);
  #kind = this.kept("kind");
  #found = [];
  #kinds = el("div.row.kinds", { role: "group", "aria-label": t("alert-kinds") });
  #table = new Table({
    caption: t("view-alerts"),
    key: (row) => row.id,
    empty: () => t(this.#status === "open" && this.#kind === "" ? "alert-none" : "alert-none-such"),
    columns: [
      {
        key: "severity",
        label: t("alert-severity"),
        sort: weight,
        show: (row) => badge(word("severity", row.severity), row.severity.toLowerCase()),
      },
      { key: "kind", label: t("alert-kind"), show: (row) => word("kind", row.kind) },
      { key: "subject", label: t("action-subject"), kind: "id" },
      { key: "details", label: t("app-details"), kind: "wide" },
      { key: "started", label: t("alert-started"), show: (row) => time(row.started) },
      { key: "ended", label: t("alert-ended"), show: (row) => time(row.ended) },
      { key: "status", label: t("day-status"), show: (row) => word("status", row.status) },
    ],
    actions: (row) =>
      this.acts
        ? [
            isUnsaid(row) && act(t("alert-ack"), () => this.#do(row, "ack"), { name: row.details }),
            isOpen(row) &&
              act(t("alert-clear"), () => this.#do(row, "clear"), { name: row.details }),
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
            ["open", t("alert-open")],
            ["", t("app-all")],
            ...statuses.map((status) => [status, word("status", status)]),
          ],
          this.#status,
          (status) => {
            this.#status = status;
            this.keep("status", status, "open");
            this.renew();
          },
        ),
        el("span.space"),
        exports(
          () =>
            query("/alerts", {
              status: this.#status === "open" ? "" : this.#status,
              kind: this.#kind,
            }),
          () => "avisos",
        ),
      ),
      this.#kinds,
      this.#table.element,
    );
    this.renewOn(["alert"], 200);
  }

  async load() {
    if (this.#status === "open") {
      const lists = await Promise.all(
        ["ACTIVE_UNACK", "ACTIVE_ACK"].map((status) => this.all(`/alerts?status=${status}`)),
      );
      this.#table.more = null;
      this.#found = lists
        .flat()
        .sort((a, b) => weight(b) - weight(a) || b.started.localeCompare(a.started));
    } else {
      const { items, more } = await this.some(query("/alerts", { status: this.#status }), SHOWN);
      this.#found = items;
      this.#table.more = more;
    }
    this.#show();
  }

  #show() {
    const rows = this.#found.filter((row) => this.#kind === "" || row.kind === this.#kind);
    this.#table.rows = rows;
    const waiting = this.#waiting().length;
    const buttons = this.#counts().map((one) => this.#choice(one));
    if (buttons.length === 1 && this.#kind === "") buttons.pop(); // they are all of one kind
    if (this.acts && this.#kind !== "" && waiting > 1) {
      const all = act(t("alert-ack-all", waiting), () => this.#acknowledge(this.#waiting()));
      all.dataset.key = all.dataset.focus = `ack/${this.#kind}`;
      buttons.push(all);
    }
    keepFocus(
      this.#kinds,
      () => update(this.#kinds, buttons),
      this.#table.element.firstElementChild,
    );
    this.#kinds.hidden = buttons.length === 0;
  }

  #waiting() {
    return this.#table.rows.filter(isUnsaid).slice(0, AT_ONCE);
  }

  /* Each kind that there is, the worst first: twelve carts of nobody are one line among the
   * others. */
  #counts() {
    const kinds = new Map(
      this.#kind === "" ? [] : [[this.#kind, { kind: this.#kind, severity: "", count: 0 }]],
    );
    for (const { kind, severity } of this.#found)
      kinds.set(kind, { kind, severity, count: (kinds.get(kind)?.count ?? 0) + 1 });
    return [...kinds.values()].sort((a, b) => weight(b) - weight(a) || b.count - a.count);
  }

  #choice({ kind, severity, count }) {
    return el(
      "button",
      {
        type: "button",
        class: `small ${severity.toLowerCase()}`,
        "data-key": kind,
        "data-focus": kind,
        "aria-pressed": String(kind === this.#kind),
        onclick: () => {
          this.#kind = this.#kind === kind ? "" : kind;
          this.keep("kind", this.#kind);
          this.#show();
        },
      },
      word("kind", kind),
      " ",
      el("strong", {}, number(count)),
    );
  }

  #acknowledge(rows) {
    return this.act(
      async () => {
        for (const row of rows) await post(`/alerts/${part(row.id)}/ack`);
      },
      t("alert-acked", rows.length),
    );
  }

  #do(row, what) {
    return this.act(() => post(`/alerts/${part(row.id)}/${what}`));
  }
}
