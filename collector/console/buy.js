// The page on which a buyer orders. No account: who has the order's number may follow it.
import { post } from "/console/api.js";
import { el } from "/console/dom.js";
import { pesos } from "/console/format.js";
import { field, form } from "/console/view.js";
import { language, t } from "/console/words.js";

let key = null; // the same order sent twice is one order
let place = {};

function total(element) {
  const { price, quantity } = element.elements;
  return t("buy-total", pesos(Number(price.value) * Number(quantity.value)));
}

async function order(values) {
  key ??= Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const body = {
    product: values.product.trim(),
    price: Number(values.price),
    quantity: Number(values.quantity),
    email: values.email.trim(),
    ...place,
  };
  try {
    const { id } = await post("/orders", body, { "Idempotency-Key": key });
    location.assign(`/pedidos/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status >= 400 && error.status < 500) key = null;
    throw error;
  }
}

function wherePart() {
  const said = el("span.muted", { role: "status" }, t("buy-where-lead"));
  const found = ({ coords }) => {
    place = { lat: coords.latitude, lon: coords.longitude };
    said.textContent = t("buy-where-on");
  };
  const lost = () => {
    said.textContent = t("buy-where-off");
  };
  const ask = () =>
    navigator.geolocation
      ? navigator.geolocation.getCurrentPosition(found, lost, { timeout: 10000 })
      : lost();
  return el("div.row", {}, el("button", { type: "button", onclick: ask }, t("buy-where")), said);
}

const sum = el("p", { role: "status" });
const element = form(
  [
    field(t("buy-product"), "product", { required: true, maxlength: 100, value: t("buy-default") }),
    field(t("buy-price"), "price", {
      type: "number",
      required: true,
      min: 0,
      max: 10000000,
      value: 500,
    }),
    field(t("buy-quantity"), "quantity", {
      type: "number",
      required: true,
      min: 1,
      max: 1000,
      value: 2,
    }),
    field(t("buy-email"), "email", { type: "email", required: true, autocomplete: "email" }),
    wherePart(),
    sum,
  ],
  t("buy-send"),
  order,
);
element.addEventListener("input", () => {
  key = null;
  sum.textContent = total(element);
});
sum.textContent = total(element);
document.documentElement.lang = language;
document.title = `${t("buy-title")} · carrito`;
document.body.append(
  el(
    "main.sign",
    {},
    el("img", { src: "/console/icon.svg", alt: "", width: 48, height: 48 }),
    el("h1", {}, t("buy-title")),
    el("p.lead", {}, t("buy-lead")),
    element,
  ),
);
