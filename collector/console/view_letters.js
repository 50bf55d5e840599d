// What could not be read or was not taken: to look at, and to try again.
import { part, post } from "/console/api.js";
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table, act } from "/console/table.js";
import { View } from "/console/view.js";
import { t } from "/console/words.js";

const SHOWN = 300;
const text = (row) => el("code", {}, row.text);

export default class Letters extends View {
  #dead = new Table({
    caption: t("letters-dead"),
    captionShown: true,
    empty: t("letters-dead-none"),
    key: (row) => `${row.partition}/${row.offset}`,
    columns: [
      { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
      { key: "error", label: t("fugitive-reason"), kind: "wide" },
      { key: "source", label: t("letters-source"), kind: "id" },
      // What a stranger's bytes say of whom nobody knows: it is for those who act.
      ...(this.acts
        ? [{ key: "text", label: t("letters-text"), kind: "wide", show: text }]
        : []),
    ],
    actions: (row) => [
      this.acts &&
        act(
          t("letters-retry"),
          () =>
            this.act(
              () => post(`/dead-letters/${row.partition}/${row.offset}/retry`),
              t("letters-retried"),
            ),
          { name: `${row.partition}/${row.offset}` },
        ),
    ],
  });
  #aside = new Table({
    caption: t("letters-aside"),
    captionShown: true,
    empty: t("letters-aside-none"),
    key: (row) => row.id,
    columns: [
      { key: "time", label: t("sale-time"), show: (row) => time(row.time) },
      { key: "cart", label: t("cart") },
      { key: "seq", label: "seq", kind: "num" },
      { key: "reason", label: t("reason"), kind: "wide" },
      { key: "text", label: t("letters-text"), kind: "wide", show: text },
    ],
    actions: (row) =>
      this.acts
        ? [
            act(
              t("member-accept"),
              () => this.act(() => post(`/set-aside/${part(row.id)}/accept`)),
              { name: row.cart },
            ),
            act(t("letters-drop"), () => this.#drop(row), { name: row.cart }),
          ]
        : [],
  });

  mount() {
    this.set(this.#dead.element, this.#aside.element);
    this.renewOn(["alert"], 500);
    this.look(5000);
  }

  async load() {
    await Promise.all([
      this.fill(this.#dead, "/dead-letters", SHOWN),
      this.fill(this.#aside, "/set-aside", SHOWN),
    ]);
  }

  #drop(row) {
    this.ask(t("letters-drop-ask", row.cart), t("letters-drop"), () =>
      post(`/set-aside/${part(row.id)}/drop`),
    );
  }
}
