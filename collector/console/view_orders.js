// Orders as a board: a column for each state, or for one; of all carts and buyers, or of one.
import { part, post, query } from "/console/api.js";
import { el, keepFocus, replace, update } from "/console/dom.js";
import { number } from "/console/format.js";
import { assign } from "/console/order_assign.js";
import { card, isOver, openOffer } from "/console/order_card.js";
import { OrderWaits } from "/console/order_waits.js";
import { act } from "/console/table.js";
import { choice, exports, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const columns = ["recibido", "preparando", "entregando", "finalizado", "cancelado", "fallido"];
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
    { onkeydown: (event) => this.#key(event) },
    this.#lanes.map((lane) => lane.section),
  );
  #waits = new OrderWaits(this);
  #dispatches = false; // carts are asked: an operator has a say
  #status = this.kept("status", "", columns);
  #cart = this.#search("cart", 64);
  #email = this.#search("email", 254);

  #search(name, maxlength) {
    const value = this.kept(name);
    return el("input", { type: "search", value, maxlength, onchange: () => this.#filter() });
  }

  async mount() {
    this.#dispatches = (await this.get("/products")).dispatch === true;
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
      this.#dispatches && this.acts && el("p.muted", {}, t("order-keys")),
      this.#board,
      this.#waits.element,
    );
    this.renewOn(["order"], 500);
    if (this.#dispatches) this.look(5000); // no event tells of an offer, nor of the time
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
    await this.#waits.load();
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
    const name = `${order.quantity} × ${order.product}`;
    const buttons = this.#acts(order).map(({ key, label, call }) => {
      const button = act(label, call, { name: order.email ?? name });
      button.dataset.focus = `${order.id}/${key}`;
      button.dataset.shortcut = key;
      button.setAttribute("aria-keyshortcuts", key);
      return button;
    });
    return card(order, buttons);
  }

  /* What may be done with it now, each by a key as well. */
  #acts(order) {
    if (!this.acts || isOver(order)) return [];
    const path = `/orders/${part(order.id)}`;
    const waits = order.status === "recibido";
    const holder = waits ? openOffer(order)?.cart : order.status === "preparando" && order.cart;
    const does = (key, label, call) => ({ key, label, call });
    const mine = (what) => () => this.act(() => post(`${path}/${what}`));
    return [
      this.#dispatches &&
        order.status !== "entregando" &&
        does("a", t("order-assign"), () => assign(this, order)),
      this.#dispatches && waits && !order.held && does("h", t("order-hold"), mine("hold")),
      this.#dispatches && waits && order.held && does("r", t("order-let"), mine("release")),
      this.#dispatches &&
        holder &&
        does("r", t("order-take-back"), () => this.#takeBack(holder, path)),
      does("c", t("order-cancel"), () => this.#cancel(order, path)),
    ].filter(Boolean);
  }

  #takeBack(cart, path) {
    this.ask(t("order-take-back-ask", cart), t("order-take-back"), () =>
      post(`${path}/release`),
    );
  }

  #cancel(order, path) {
    this.ask(t("order-cancel-ask", order.email), t("order-cancel"), () => post(`${path}/cancel`));
  }

  /* On a card: arrows go to the next one, a letter does what the button with it does. */
  #key(event) {
    const at = event.target;
    if (!at.matches("article.card") || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = this.#beside(at, event.key);
    const button = at.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
    if (next === null && button === null) return;
    event.preventDefault();
    if (next !== null) next.focus();
    else if (!event.repeat) button.click();
  }

  #beside(at, key) {
    const cardsOf = (lane) => [...lane.querySelectorAll("article.card[tabindex]")];
    const lane = at.closest(".lane");
    const lanes = [...this.#board.children].filter((one) => cardsOf(one).length > 0);
    const along = { ArrowDown: 1, ArrowUp: -1 }[key];
    const across = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (along !== undefined) return cardsOf(lane)[cardsOf(lane).indexOf(at) + along] ?? null;
    if (across === undefined) return null;
    const beside = lanes[lanes.indexOf(lane) + across];
    return beside === undefined ? null : cardsOf(beside)[0];
  }
}
