// Which cart is to bring an order: those that are heard, the nearest first.
import { part, post } from "/console/api.js";
import { say, show } from "/console/dialog.js";
import { el } from "/console/dom.js";
import { number } from "/console/format.js";
import { form } from "/console/form.js";
import { distance } from "/console/order_card.js";
import { t } from "/console/words.js";

const EARTH_M = 6371000;
const radians = (degrees) => (degrees * Math.PI) / 180;
const known = (place) => place.lat !== null && place.lat !== undefined;

/* By the great circle; null where one of the places is unknown. */
function between(order, cart) {
  if (!known(order) || !known(cart)) return null;
  const lat = radians(cart.lat - order.lat) / 2;
  const lon = radians(cart.lon - order.lon) / 2;
  const half =
    Math.sin(lat) ** 2 +
    Math.cos(radians(order.lat)) * Math.cos(radians(cart.lat)) * Math.sin(lon) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

function byDistance(order, carts) {
  return carts
    .filter((cart) => cart.state === "heard" && !cart.fugitive && cart.cart !== order.cart)
    .map((cart) => ({ ...cart, metres: between(order, cart) }))
    .sort(
      (a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity) || a.cart.localeCompare(b.cart),
    );
}

function line({ cart, metres, stock, listens }) {
  const left = stock === null ? t("assign-uncounted") : t("restock-left", number(stock));
  const ear = listens === false && t("assign-deaf");
  return [cart, distance(metres), left, ear].filter(Boolean).join(" · ");
}

/* Asks which one; the keys are those of a group of radio buttons: arrows, then Enter. */
export async function assign(view, order) {
  const carts = byDistance(order, await view.all("/carts"));
  const title = t("assign-title", `${number(order.quantity)} × ${order.product}`);
  if (carts.length === 0) {
    show(title, el("p", {}, t("assign-none")));
    return;
  }
  const choices = carts.map((cart, at) =>
    el(
      "label.inline",
      {},
      el("input", { type: "radio", name: "cart", value: cart.cart, checked: at === 0 }),
      line(cart),
    ),
  );
  const dialog = show(
    title,
    form(
      el("fieldset.choices", {}, el("legend.unseen", {}, t("cart")), choices),
      t("order-assign"),
      async ({ cart }) => {
        await post(`/orders/${part(order.id)}/assign`, { cart });
        dialog.close();
        say(t("assign-done", cart));
        if (!view.signal.aborted) await view.renew();
      },
    ),
  );
  dialog.querySelector("input").focus();
}
