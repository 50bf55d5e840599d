// Carts that are looked for, and the reports and sightings that say why.
import { part, post, remove, query } from "/console/api.js";
import { el } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const place = (row) => (row.lat === null ? "–" : `${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`);

const SHOWN = 300;
const statuses = ["open", "sighting", "closed", "dismissed"];

export default class Reports extends View {
  #status = this.kept("status", "", statuses);
  #fugitives = new Table({
    caption: t("fugitive-title"),
    captionShown: true,
    empty: t("fugitive-none"),
    key: (row) => row.cart,
    columns: [
      { key: "cart", label: t("cart") },
      { key: "since", label: t("alert-started"), show: (row) => time(row.since) },
      { key: "reason", label: t("fugitive-reason"), kind: "wide" },
      {
        key: "reports",
        label: t("view-reports"),
        kind: "num",
        show: (row) => number(row.reports),
      },
      { key: "place", label: t("report-place"), show: place },
      { key: "last_fix", label: t("cart-fix"), show: (row) => time(row.last_fix) },
      { key: "confirmed", label: t("fugitive-confirmed"), show: (row) => time(row.confirmed) },
    ],
    actions: (row) => [
      el(
        "a.button.small",
        {
          href: `#/overview?cart=${part(row.cart)}`,
          "aria-label": `${t("fugitive-show")}: ${row.cart}`,
        },
        t("fugitive-show"),
      ),
      this.acts && act(t("fugitive-confirm"), () => this.#confirm(row), { name: row.cart }),
      this.acts && act(t("fugitive-clear"), () => this.#clear(row), { name: row.cart }),
    ],
  });
  #reports = new Table({
    caption: t("report-title"),
    captionShown: true,
    empty: t("report-none"),
    key: (row) => row.id,
    columns: [
      { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
      { key: "cart", label: t("cart") },
      { key: "place", label: t("report-place"), show: place },
      { key: "note", label: t("report-note"), kind: "wide" },
      {
        key: "status",
        label: t("day-status"),
        show: (row) => badge(word("report", row.status), row.status === "open" ? "major" : "quiet"),
      },
    ],
    actions: (row) => [
      this.acts &&
        (row.status === "open" || row.status === "sighting") &&
        act(t("report-dismiss"), () => this.act(() => post(`/reports/${part(row.id)}/dismiss`)), {
          name: row.note ?? row.id,
        }),
    ],
  });

  mount() {
    this.set(
      el(
        "div.row.toolbar",
        {},
        choice(
          t("day-status"),
          [["", t("app-all")], ...statuses.map((status) => [status, word("report", status)])],
          this.#status,
          (status) => {
            this.#status = status;
            this.keep("status", status);
            this.renew();
          },
        ),
        el("span.space"),
        exports(
          () => query("/reports", { status: this.#status }),
          () => "denuncias",
        ),
      ),
      this.#fugitives.element,
      this.#reports.element,
    );
    this.renewOn(["alert"], 500);
    this.look(3000);
  }

  async load() {
    const [fugitives] = await Promise.all([
      this.all("/fugitives"),
      this.fill(this.#reports, query("/reports", { status: this.#status }), SHOWN),
    ]);
    this.#fugitives.rows = fugitives;
  }

  /* Again, it is followed for another day. */
  #confirm(row) {
    this.ask(t("fugitive-confirm-ask", row.cart), t("fugitive-confirm"), () =>
      post(`/fugitives/${part(row.cart)}/confirm`),
    );
  }

  #clear(row) {
    this.ask(t("fugitive-clear-ask", row.cart), t("fugitive-clear"), () =>
      remove(`/fugitives/${part(row.cart)}`),
    );
  }
}
