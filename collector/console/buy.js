// The page on which a buyer orders. No account: who has the order's key may follow it. It stands
// behind `#`, which no browser sends to a server.
import { get, post } from "/console/api.js";
import { el } from "/console/dom.js";
import { pesos } from "/console/format.js";
import { field, form } from "/console/form.js";
import { language, t } from "/console/words.js";

// Refused for good: what is sent next is another order. After anything else this one may have been
// taken, or be taken yet, and what is sent again has the same key.
const DECIDED = [400, 422];

let key = null;
let place = {};
let products = [];

const priceOf = (name) => products.find(({ product }) => product === name).price;

function total(element) {
  const { product, price, quantity } = element.elements;
  const each = price ? Number(price.value) : priceOf(product.value);
  return t("buy-total", pesos(each * Number(quantity.value)));
}

async function order(values) {
  if (key === null)
    key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
  const product = values.product.trim();
  const body = {
    product,
    price: values.price === undefined ? priceOf(product) : Number(values.price),
    quantity: Number(values.quantity),
    email: values.email.trim(),
    ...place,
  };
  try {
    const placed = await post("/orders", body, { "Idempotency-Key": key });
    key = null;
    location.assign(`/pedidos/${encodeURIComponent(placed.id)}#${placed.key}`);
  } catch (error) {
    if (DECIDED.includes(error.status)) key = null;
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

/* What the guild sells, with what it costs; where it has no list, whatever the buyer asks for. */
function productPart() {
  if (products.length > 0)
    return el(
      "label",
      {},
      el("span", {}, t("buy-product")),
      el(
        "select",
        { name: "product", required: true },
        products.map(({ product, price }) =>
          el("option", { value: product }, `${product} · ${pesos(price)}`),
        ),
      ),
    );
  const asked = { type: "number", required: true, min: 0, max: 10000000, value: 500 };
  return [
    field(t("buy-product"), "product", { required: true, maxlength: 100, value: t("buy-default") }),
    field(t("buy-price"), "price", asked),
  ];
}

function show() {
  const sum = el("p", { role: "status" });
  const element = form(
    [
      productPart(),
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
  const renew = () => {
    sum.textContent = total(element);
  };
  element.addEventListener("input", renew);
  renew();
  document.body.append(
    el(
      "main.sign",
      {},
      el("img", { src: "/console/icon.svg", alt: "", width: 48, height: 48 }),
      el("h1", {}, t("buy-title")),
      el("p.lead", {}, t("buy-lead")),
      element,
      el("p.muted", {}, t("buy-kept"), " ", el("a", { href: "/privacidad" }, t("privacy-title"))),
    ),
  );
}

/* Without an answer a buyer may still try: the order's own answer says what is wrong. */
async function begin() {
  document.documentElement.lang = language;
  document.title = `${t("buy-title")} · carrito`;
  try {
    products = (await get("/products")).items;
  } catch {
    products = [];
  }
  show();
}

begin();
