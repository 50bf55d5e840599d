// What is typed at the centre, or by a vendor for their own cart.
import { isAway, part, post } from "/console/api.js";
import { say } from "/console/dialog.js";
import { el, replace } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { cartMark } from "/console/shapes.js";
import { definitions } from "/console/table.js";
import { field, form, View } from "/console/view.js";
import { t } from "/console/words.js";

const whole = (text) => (text === "" ? undefined : Number(text));

/* What is sent again because no answer came has the same key, so that it is one sale. */
function keyOf(kept, body) {
  const said = JSON.stringify(body);
  return kept?.said === said
    ? kept
    : {
        said,
        key: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
          byte.toString(16).padStart(2, "0"),
        ).join(""),
      };
}

export default class Desk extends View {
  #mine = el("section.card");
  #unanswered = null;

  mount() {
    const bound = this.me.cart;
    const cart = () =>
      field(t("cart"), "cart", {
        required: true,
        maxlength: 64,
        value: bound,
        readonly: bound !== null,
      });
    this.set(
      bound && this.#mine,
      el(
        "div.cards.wide",
        {},
        el(
          "section.card",
          {},
          el("h2", {}, t("desk-sale")),
          el("p.muted", {}, t("desk-sale-lead")),
          form(
            [
              cart(),
              field(t("day-quantity"), "quantity", {
                type: "number",
                min: 1,
                max: 10000,
                required: true,
              }),
              field(t("sale-client"), "client", { maxlength: 64 }),
              field(t("day-amount"), "amount", { type: "number", min: 0 }),
            ],
            t("app-save"),
            (values, element) => this.#sell(values, element),
          ),
        ),
        el(
          "section.card",
          {},
          el("h2", {}, t("desk-stock")),
          form(
            [
              cart(),
              field(t("desk-stock-now"), "stock", { type: "number", min: 0, required: true }),
            ],
            t("app-save"),
            async (values) => {
              const stock = whole(values.stock);
              const counted = await post("/stock", { cart: values.cart, stock });
              say(t("desk-counted", counted.cart, number(stock)));
            },
          ),
        ),
      ),
    );
    if (bound)
      this.whenLeft(
        clearInterval.bind(
          null,
          setInterval(() => this.renew(), 10000),
        ),
      );
  }

  async #sell({ cart, quantity, client, amount }, element) {
    const body = {
      cart: cart.trim(),
      quantity: whole(quantity),
      client: client.trim() === "" ? undefined : client.trim(),
      amount: whole(amount),
    };
    this.#unanswered = keyOf(this.#unanswered, body);
    let sold;
    try {
      sold = await post("/sales", body, { "Idempotency-Key": this.#unanswered.key });
    } catch (error) {
      if (!isAway(error)) this.#unanswered = null;
      throw error;
    }
    this.#unanswered = null;
    say(t("desk-sold", sold.receipt, sold.cart));
    for (const name of ["quantity", "client", "amount"]) element.elements[name].value = "";
    element.elements.quantity.focus();
  }

  async load() {
    if (!this.me.cart) return;
    try {
      const cart = await this.get(`/carts/${part(this.me.cart)}`);
      replace(
        this.#mine,
        el("h2", {}, t("desk-mine"), " ", cart.cart),
        definitions([
          [t("cart-state"), cartMark(cart)],
          [t("cart-stock"), number(cart.stock)],
          [t("cart-sale"), time(cart.last_sale)],
          [t("cart-waiting"), number(cart.waiting)],
        ]),
      );
    } catch (error) {
      if (error.status !== 404) throw error;
      replace(this.#mine, el("h2", {}, this.me.cart));
    }
  }
}
