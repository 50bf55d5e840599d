// Alerts: those that are open first; each is acknowledged, then cleared.
import { part, post, query } from "/console/api.js";
import { isOpen, weight } from "/console/alert_watch.js";
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const statuses = ["ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_UNACK", "CLEARED_ACK"];
const SHOWN = 500;

export default class Alerts extends View {
  #status = "open";
  #table = new Table({ caption: t("view.alerts"), key: (row) => row.id, empty: t("alert.none"), columns: [
    { key: "severity", label: t("alert.severity"), sort: weight,
      show: (row) => badge(word("severity", row.severity), row.severity.toLowerCase()) },
    { key: "kind", label: t("alert.kind"), show: (row) => word("kind", row.kind) },
    { key: "subject", label: t("action.subject"), kind: "id" },
    { key: "details", label: t("app.details"), kind: "wide" },
    { key: "started", label: t("alert.started"), show: (row) => time(row.started) },
    { key: "ended", label: t("alert.ended"), show: (row) => time(row.ended) },
    { key: "status", label: t("alert.status"), show: (row) => word("status", row.status) },
  ], actions: (row) => (this.acts ? [
    row.status.endsWith("UNACK") && act(t("alert.ack"), () => this.#do(row, "ack"), { name: row.details }),
    isOpen(row) && act(t("alert.clear"), () => this.#do(row, "clear"), { name: row.details })] : []) });

  mount() {
    this.set(el("div.row.toolbar", {}, choice(t("alert.status"), [["open", t("alert.open")], ["", t("app.all")],
      ...statuses.map((status) => [status, word("status", status)])], "open", (status) => {
      this.#status = status;
      this.renew();
    }), el("span.space"), exports(() => query("/alerts", { status: this.#status === "open" ? "" : this.#status }),
      () => "avisos")), this.#table.element);
    this.renewOn(["alert"], 200);
  }

  async load() {
    if (this.#status === "open") {
      const lists = await Promise.all(["ACTIVE_UNACK", "ACTIVE_ACK"].map((status) => this.all(`/alerts?status=${status}`)));
      this.#table.rows = lists.flat().sort((a, b) => weight(b) - weight(a) || b.started.localeCompare(a.started));
    } else {
      this.#table.rows = await this.all(query("/alerts", { status: this.#status }), SHOWN);
    }
  }

  #do(row, what) {
    return this.act(() => post(`/alerts/${part(row.id)}/${what}`));
  }
}
