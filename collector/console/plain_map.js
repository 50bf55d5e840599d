// A map without streets, for the buyers' pages: where one is, where the cart is, and how far that
// is. Nothing is asked of anybody for it. Lines are drawn at whole metres, which one of them says.
import { el } from "/console/dom.js";
import { t } from "/console/words.js";

const SVG = "http://www.w3.org/2000/svg";
const METRES = 111195; // in a degree of latitude, on a ball of the Earth's mean radius
const WIDTH = 340;
const HEIGHT = 240;
const LEAST_M = 300; // what it shows at least, from its left to its right
const MOST_M = 200000;
const STEPS = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const LINES_MAX = 6;
const EDGE = 12; // what is nearer to the edge is not to be seen well
const WAYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Enter: [0, 0],
};

function draw(name, attributes, text = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== null) element.textContent = text;
  return element;
}

const inMetres = (metres) => (metres < 1000 ? `${metres} m` : `${metres / 1000} km`);

/* The places of an area's corners. */
const corners = ({ south, west, north, east }) => [
  { lat: south, lon: west },
  { lat: north, lon: east },
];

/* Pixels of the picture in a metre; `view` is { lat, lon, span }: its middle, and how many metres
 * it is wide. */
const scaleOf = (view) => WIDTH / view.span;

const acrossOf = (view) => METRES * Math.cos((view.lat * Math.PI) / 180);

function pointOf(view, { lat, lon }) {
  const east = (lon - view.lon) * acrossOf(view);
  const north = (lat - view.lat) * METRES;
  return { x: WIDTH / 2 + east * scaleOf(view), y: HEIGHT / 2 - north * scaleOf(view) };
}

function placeOf(view, { x, y }) {
  const east = (x - WIDTH / 2) / scaleOf(view);
  const north = (HEIGHT / 2 - y) / scaleOf(view);
  return { lat: view.lat + north / METRES, lon: view.lon + east / acrossOf(view) };
}

function isInside(view, place) {
  const { x, y } = pointOf(view, place);
  return x > EDGE && x < WIDTH - EDGE && y > EDGE && y < HEIGHT - EDGE;
}

/* A view of all these places. */
function viewOf(places) {
  const [lats, lons] = [places.map(({ lat }) => lat), places.map(({ lon }) => lon)];
  const middle = (list) => (Math.min(...list) + Math.max(...list)) / 2;
  const width = (list) => Math.max(...list) - Math.min(...list);
  const view = { lat: middle(lats), lon: middle(lons), span: LEAST_M };
  const metres = Math.max(width(lons) * acrossOf(view), (width(lats) * METRES * WIDTH) / HEIGHT);
  view.span = Math.max(LEAST_M, metres * 1.4);
  return view;
}

function lines(view) {
  const fits = STEPS.filter((step) => view.span / step <= LINES_MAX);
  const step = fits.length > 0 ? fits[0] : STEPS[STEPS.length - 1];
  const apart = step * scaleOf(view);
  const drawn = [];
  for (let x = (WIDTH / 2) % apart; x < WIDTH; x += apart)
    drawn.push(draw("path", { class: "grid", d: `M${x} 0V${HEIGHT}` }));
  for (let y = (HEIGHT / 2) % apart; y < HEIGHT; y += apart)
    drawn.push(draw("path", { class: "grid", d: `M0 ${y}H${WIDTH}` }));
  const bar = `M10 ${HEIGHT - 15}v5h${apart}v-5`;
  const text = draw("text", { x: 14, y: HEIGHT - 16 }, inMetres(step));
  return [...drawn, draw("path", { class: "scale", d: bar }), text];
}

function areaOf(view, area) {
  const [low, high] = corners(area).map((place) => pointOf(view, place));
  const box = { x: low.x, y: high.y, width: high.x - low.x, height: low.y - high.y };
  return draw("rect", { class: "area", ...box });
}

function picture(view, { area, here, cart }) {
  const drawn = lines(view);
  if (area !== null) drawn.push(areaOf(view, area));
  const at = here === null ? null : pointOf(view, here);
  const from = cart === null ? null : pointOf(view, cart);
  if (at !== null && from !== null)
    drawn.push(draw("path", { class: "way", d: `M${from.x} ${from.y}L${at.x} ${at.y}` }));
  if (at !== null)
    drawn.push(draw("path", { class: "here", d: `M${at.x} ${at.y}l-7 -14a8 8 0 1 1 14 0z` }));
  if (from !== null) drawn.push(draw("circle", { class: "cart", cx: from.x, cy: from.y, r: 8 }));
  return drawn;
}

/* { element, show }: `show` takes an area { south, west, north, east }, one's own place and a cart
 * { lat, lon }, each of which may be null. `onTap`, where it is not null, is told of a place that
 * somebody chose on the map, by a finger or the arrows. */
export function plainMap(label, onTap = null) {
  const role = onTap === null ? "img" : "application";
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role, "aria-label": label });
  let shown = { area: null, here: null, cart: null };
  let view = null;

  const redraw = () => {
    svg.textContent = "";
    for (const one of picture(view, shown)) svg.append(one);
  };

  const zoom = (by) => {
    if (view === null) return;
    view.span = Math.min(MOST_M, Math.max(LEAST_M / 3, view.span * by));
    if (shown.here !== null && by < 1) Object.assign(view, shown.here);
    redraw();
  };

  const button = (text, title, by) => {
    const named = { type: "button", title, "aria-label": title, onclick: () => zoom(by) };
    return el("button.small", named, text);
  };

  const tapped = (event) => {
    const box = svg.getBoundingClientRect();
    if (view === null || box.width === 0) return;
    const x = ((event.clientX - box.left) * WIDTH) / box.width;
    const y = ((event.clientY - box.top) * HEIGHT) / box.height;
    onTap(placeOf(view, { x, y }));
  };

  const pressed = (event) => {
    const way = WAYS[event.key];
    if (view === null || way === undefined) return;
    event.preventDefault();
    const from = shown.here === null ? view : shown.here;
    const { x, y } = pointOf(view, from);
    onTap(placeOf(view, { x: x + way[0] * 10, y: y + way[1] * 10 }));
  };

  if (onTap !== null) {
    svg.setAttribute("tabindex", "0");
    svg.addEventListener("click", tapped);
    svg.addEventListener("keydown", pressed);
  }
  return {
    element: el(
      "div.plain-map",
      {},
      svg,
      el("div.zoom", {}, button("+", t("map-closer"), 0.5), button("−", t("map-farther"), 2)),
    ),
    show: ({ area = null, here = null, cart = null }) => {
      const places = [here, cart].filter((one) => one !== null);
      shown = { area, here, cart };
      if (places.length === 0 && area === null) return;
      if (view === null || !places.every((place) => isInside(view, place)))
        view = viewOf(places.length > 0 ? places : corners(area));
      redraw();
    },
  };
}
