// What is left on the carts, and the batches in which they are restocked.
import { post } from "/console/api.js";
import { el, keepFocus, update } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { View } from "/console/view.js";
import { t, word } from "/console/words.js";

const SHOWN = 50; // batches

export default class Stock extends View {
  #heading = el("h2", { tabindex: -1 }, t("restock-batches"));
  #batches = el("div.cards");
  #more = el("button.more", { type: "button", hidden: true }, t("app-more"));
  #table = new Table({
    caption: t("stock-levels"),
    captionShown: true,
    empty: t("stock-none"),
    key: (row) => row.cart,
    columns: [
      { key: "cart", label: t("cart") },
      { key: "stock", label: t("cart-stock"), kind: "num", show: (row) => number(row.stock) },
      {
        key: "low",
        label: t("stock-level"),
        sort: (row) => row.stock,
        show: (row) =>
          row.low ? badge(t("stock-low"), "major") : badge(t("stock-enough"), "quiet"),
      },
      {
        key: "threshold",
        label: t("stock-threshold"),
        kind: "num",
        show: (row) => number(row.threshold),
      },
      { key: "time", label: t("stock-at"), show: (row) => time(row.time) },
    ],
  });

  mount() {
    this.set(this.#heading, this.#batches, this.#more, this.#table.element);
    this.renewOn(["stock", "alert"], 1000);
  }

  async load() {
    const [levels, { items, more }] = await Promise.all([
      this.all("/stock"),
      this.some("/restocks", SHOWN),
    ]);
    this.#more.hidden = more === null;
    this.#more.onclick = more;
    this.#table.rows = levels;
    const cards =
      items.length === 0
        ? [el("p.muted", { "data-key": "" }, t("restock-none"))]
        : items.map((one) => this.#batch(one));
    keepFocus(this.#batches, () => update(this.#batches, cards), this.#heading);
  }

  #batch(batch) {
    const name = batch.number === null ? t("restock-next") : t("restock-number", batch.number);
    const card = el(
      "article.card",
      { "data-key": batch.number ?? "open" },
      el(
        "h3",
        {},
        name,
        " ",
        badge(word("restock", batch.status), batch.status === "announced" ? "major" : "quiet"),
      ),
      el(
        "ul.plain",
        {},
        batch.carts.map((cart) =>
          el("li", {}, el("strong", {}, cart.cart), " ", t("restock-left", number(cart.stock))),
        ),
      ),
      el("p.muted", {}, time(batch.done ?? batch.announced)),
      this.acts &&
        batch.status === "announced" &&
        act(t("restock-do"), () => this.act(() => post(`/restocks/${batch.number}/done`)), {
          name,
        }),
      this.acts &&
        batch.status === "open" &&
        batch.carts.length > 0 &&
        act(t("restock-announce"), () => this.act(() => post("/restocks/announce")), { name }),
    );
    for (const button of card.querySelectorAll("button"))
      button.dataset.focus = `${name}/${button.textContent}`;
    return card;
  }
}
