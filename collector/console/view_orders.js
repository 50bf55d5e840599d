// Orders as a board: a column for each state, or for one; of all carts and buyers, or of one.
import { part, post, query } from "/console/api.js";
import { el, keepFocus, replace, update } from "/console/dom.js";
import { number, pesos, time } from "/console/format.js";
import { act } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
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

function newLane(status) {
  const count = el("span.count.calm");
  const cards = el("div.lane-cards");
  const name = `lane-${status}`;
  const title = el("h2", { id: name, tabindex: -1 }, word("order", status), " ", count);
  const section = el("section.lane", { "aria-labelledby": name }, title, cards);
  return { status, count, cards, section };
}

export default class Orders extends View {
  #lanes = columns.map(newLane);
  #board = el(
    "div.board",
    {},
    this.#lanes.map((lane) => lane.section),
  );
  #status = this.kept("status", "", columns);
  #cart = this.#search("cart", 64);
  #email = this.#search("email", 254);

  #search(name, maxlength) {
    const value = this.kept(name);
    return el("input", { type: "search", value, maxlength, onchange: () => this.#filter() });
  }

  mount() {
    const found = (label, input) => el("label.inline", {}, el("span", {}, label), input);
    this.set(
      el(
        "div.row.toolbar",
        {},
        choice(
          t("cart-state"),
          [["", t("app-all")], ...columns.map((status) => [status, word("order", status)])],
          this.#status,
          (status) => {
            this.#status = status;
            this.#filter();
          },
        ),
        found(t("cart"), this.#cart),
        this.acts && found(t("order-email"), this.#email),
        el("span.space"),
        exports(
          () => this.#path(this.#status),
          () => "pedidos",
        ),
      ),
      this.#board,
    );
    this.renewOn(["order"], 500);
  }

  #filter() {
    this.keep("status", this.#status);
    this.keep("cart", this.#cart.value.trim());
    this.keep("email", this.#email.value.trim());
    this.renew();
  }

  #path(status) {
    const cart = this.#cart.value.trim();
    const email = this.acts ? this.#email.value.trim() : "";
    return query("/orders", { status, cart, email });
  }

  async load() {
    const lanes = this.#lanes.filter(({ status }) => ["", status].includes(this.#status));
    const lists = await Promise.all(
      lanes.map(({ status }) => this.some(this.#path(status), SHOWN)),
    );
    for (const lane of this.#lanes) lane.section.hidden = !lanes.includes(lane);
    keepFocus(
      this.#board,
      () =>
        lists.forEach(({ items, more }, index) => {
          const { count, cards } = lanes[index];
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
