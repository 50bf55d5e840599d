// The roles that read Kafka: how far each is, its last messages, and stop and start.
import { post } from "/console/api.js";
import { show } from "/console/dialog.js";
import { el } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { View } from "/console/view.js";
import { t, word } from "/console/words.js";

const MESSAGES = 20;
const fixed = ["api"]; // serves, and is no consumer that could stop
const silent = ["api", "notify"]; // reads nothing of Kafka: it has no messages

export default class Consumers extends View {
  #table = new Table({
    caption: t("view-consumers"),
    blocks: true,
    key: (row) => row.role,
    columns: [
      { key: "role", label: t("user-role") },
      {
        key: "state",
        label: t("cart-state"),
        show: (row) =>
          badge(
            word("consumer", row.state ?? "elsewhere"),
            row.state === "stopped" ? "bad" : "good",
          ),
      },
      { key: "lag", label: t("consumer-lag"), kind: "num", show: (row) => number(row.lag) },
      { key: "rate", label: t("consumer-rate"), kind: "num", show: (row) => number(row.rate) },
    ],
    actions: (row) => [
      !silent.includes(row.role) &&
        act(t("consumer-messages"), () => this.#messages(row.role), { name: row.role }),
      act(t("consumer-partitions"), () => this.#partitions(row.role), { name: row.role }),
      this.acts &&
        !fixed.includes(row.role) &&
        (row.state === "stopped"
          ? act(t("consumer-start"), () => this.#wish(row.role, "start"), { name: row.role })
          : act(t("consumer-stop"), () => this.#stop(row.role), { name: row.role })),
    ],
  });

  mount() {
    this.set(this.#table.element);
    this.renewOn(["consumer"], 2000);
    this.every(5000, () => this.renew());
  }

  async load() {
    this.#table.rows = await this.all("/consumers");
  }

  #wish(role, what) {
    return this.act(() => post(`/consumers/${role}/${what}`));
  }

  #stop(role) {
    this.ask(t("consumer-stop-ask", role), t("consumer-stop"), () =>
      post(`/consumers/${role}/stop`),
    );
  }

  async #messages(role) {
    const { items } = await this.get(`/consumers/${role}/messages?limit=${MESSAGES}`);
    const table = new Table({
      caption: t("consumer-messages-of", role),
      key: (row) => `${row.topic}/${row.partition}/${row.offset}`,
      sortable: false,
      columns: [
        { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
        { key: "topic", label: t("consumer-topic"), kind: "mono" },
        { key: "partition", label: t("consumer-partition"), kind: "num" },
        { key: "offset", label: t("consumer-offset"), kind: "num" },
        { key: "key", label: t("consumer-key"), kind: "mono" },
        {
          key: "value",
          label: t("consumer-value"),
          kind: "wide",
          show: (row) =>
            row.value === null
              ? el("span.muted", {}, t("consumer-withheld"))
              : el("code", {}, row.value),
        },
      ],
    });
    table.rows = items;
    show(t("consumer-messages-of", role), table.element);
  }

  #partitions(role) {
    const row = this.#table.rows.find((one) => one.role === role);
    const table = new Table({
      caption: t("consumer-partitions"),
      key: (one) => `${one.topic}/${one.partition}`,
      sortable: false,
      columns: [
        { key: "topic", label: t("consumer-topic"), kind: "mono" },
        { key: "partition", label: t("consumer-partition"), kind: "num" },
        {
          key: "position",
          label: t("consumer-position"),
          kind: "num",
          show: (one) => number(one.position),
        },
        { key: "end", label: t("consumer-end"), kind: "num", show: (one) => number(one.end) },
      ],
    });
    table.rows = row.partitions;
    show(`${row.role}: ${t("consumer-partitions")}`, table.element);
  }
}
