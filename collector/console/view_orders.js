// Orders as a board: a column for each state.
import { part, post } from "/console/api.js";
import { el, keepFocus, replace, update } from "/console/dom.js";
import { number, pesos, time } from "/console/format.js";
import { act } from "/console/table.js";
import { exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const columns = ["recibido", "preparando", "entregando", "finalizado", "cancelado", "fallido"];
const ended = ["finalizado", "cancelado", "fallido"];
const SHOWN = 50;

/* At the end of a lane; null where it has all. */
const moreButton = (more) =>
  more &&
  el(
    "button.more",
    { type: "button", "data-key": "more", "data-focus": "more", onclick: more },
    t("app-more"),
  );

export default class Orders extends View {
  #lanes = columns.map((status) => ({ count: el("span.count.calm"), cards: el("div.lane-cards") }));
  #board = el(
    "div.board",
    {},
    columns.map((status, index) =>
      el(
        "section.lane",
        { "aria-labelledby": `lane-${status}` },
        el(
          "h2",
          { id: `lane-${status}`, tabindex: -1 },
          word("order", status),
          " ",
          this.#lanes[index].count,
        ),
        this.#lanes[index].cards,
      ),
    ),
  );

  mount() {
    this.set(
      el(
        "div.row.toolbar",
        {},
        el("span.space"),
        exports(
          () => "/orders",
          () => "pedidos",
        ),
      ),
      this.#board,
    );
    this.renewOn(["order"], 500);
  }

  async load() {
    const lists = await Promise.all(
      columns.map((status) => this.some(`/orders?status=${status}`, SHOWN)),
    );
    keepFocus(
      this.#board,
      () =>
        lists.forEach(({ items, more }, index) => {
          const { count, cards } = this.#lanes[index];
          replace(count, more === null ? number(items.length) : `${items.length}+`);
          update(
            cards,
            items.length === 0
              ? [el("p.muted", { "data-key": "" }, t("order-none"))]
              : [...items.map((order) => this.#card(order)), moreButton(more)].filter(Boolean),
          );
        }),
      this.#board.querySelector("h2"),
    );
  }

  #card(order) {
    const cancel =
      this.acts &&
      !ended.includes(order.status) &&
      act(t("order-cancel"), () => this.#cancel(order), { name: order.email });
    if (cancel) cancel.dataset.focus = order.id;
    return el(
      "article.card",
      { "data-key": order.id },
      el("h3", {}, `${number(order.quantity)} × ${order.product}`),
      el("p", {}, pesos(order.price * order.quantity), order.cart && ` · ${order.cart}`),
      order.email !== null && el("p.muted", {}, order.email),
      el("p.muted", {}, time(order.history.slice(-1)[0]?.time)),
      cancel,
    );
  }

  #cancel(order) {
    this.ask(t("order-cancel-ask", order.email), t("order-cancel"), () =>
      post(`/orders/${part(order.id)}/cancel`),
    );
  }
}
