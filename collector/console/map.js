// The map: Leaflet with all carts on one canvas, since there may be ten thousand of them; what lies
// under them is on another, which stays as it is while they move. Without a tile server there is a
// grid in degrees and the outline of where the guild is.
import * as L from "/console/lib/leaflet.js";
import { CartPixels } from "/console/cart_pixels.js";
import { onScheme } from "/console/dom.js";
import { kindOf, kinds, REACH } from "/console/shapes.js";

const HIT_PX = 16;
const SANTIAGO = [-33.45, -70.65];
const STEPS = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];
const LABEL_PX = 80; // between two lines of the grid, at least, so that their words do not meet

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const cartColors = () => {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    kinds.map((kind) => [kind, style.getPropertyValue(`--cart-${kind}`).trim()]),
  );
};

/* Web Mercator, the whole world being 1 wide and high (Leaflet, L.CRS.EPSG3857). */
const worldX = (lon) => lon / 360 + 0.5;
const worldY = (lat) =>
  0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

/* The convex hull of [lat, lon] points (Andrew's monotone chain). */
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const cross = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && cross(...chain.slice(-2), point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return sorted.length < 3 ? sorted : [...half(sorted), ...half(sorted.reverse())];
}

const CartLayer = L.Layer.extend({
  initialize(carts, hasTiles) {
    this.carts = carts;
    this.hasTiles = hasTiles;
    this.selected = null;
    this.outline = [];
  },

  onAdd(map) {
    [this.ground, this.canvas] = ["ground-canvas", "cart-canvas"].map((name) => {
      const canvas = L.DomUtil.create("canvas", name);
      canvas.setAttribute("aria-hidden", "true");
      map.getPane("overlayPane").append(canvas);
      return canvas;
    });
    this.pixels = new CartPixels();
    map.on("move zoom viewreset resize", this.draw, this);
    this.draw();
  },

  onRemove(map) {
    map.off("move zoom viewreset resize", this.draw, this);
    cancelAnimationFrame(this.frame);
    this.ground.remove();
    this.canvas.remove();
  },

  /* Many changes are one picture. */
  soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this._map) this.drawCarts();
    });
  },

  draw() {
    if (!this._map) return;
    const context = this.cleared(this.ground);
    const size = this._map.getSize();
    if (!this.hasTiles) this.grid(context, size);
    this.drawOutline(context);
    this.drawCarts();
  },

  /* The canvas as large as the map, with nothing on it. */
  cleared(canvas) {
    const size = this._map.getSize();
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(size.x * ratio);
    const height = Math.round(size.y * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint([0, 0]));
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.x, size.y);
    return context;
  },

  grid(context, size) {
    const bounds = this._map.getBounds();
    const span = Math.max(bounds.getEast() - bounds.getWest(), 1e-6);
    const fits = STEPS.filter((one) => span / one <= size.x / LABEL_PX);
    const step = fits[fits.length - 1] ?? STEPS[0];
    const digits = Math.max(0, Math.ceil(-Math.log10(step)));
    context.strokeStyle = color("--map-line");
    context.fillStyle = color("--muted");
    context.font = "11px system-ui, sans-serif";
    context.lineWidth = 1;
    context.beginPath();
    for (let lon = Math.ceil(bounds.getWest() / step) * step; lon < bounds.getEast(); lon += step) {
      const x = Math.round(this.at(bounds.getSouth(), lon).x) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, size.y);
      context.fillText(`${lon.toFixed(digits)}°`, x + 4, size.y - 6);
    }
    for (
      let lat = Math.ceil(bounds.getSouth() / step) * step;
      lat < bounds.getNorth();
      lat += step
    ) {
      const y = Math.round(this.at(lat, bounds.getWest()).y) + 0.5;
      context.moveTo(0, y);
      context.lineTo(size.x, y);
      context.fillText(`${lat.toFixed(digits)}°`, size.x - 58, y - 4);
    }
    context.stroke();
  },

  drawOutline(context) {
    if (this.outline.length < 3) return;
    context.beginPath();
    for (const point of this.outline) {
      const { x, y } = this.at(point[0], point[1]);
      context.lineTo(x, y);
    }
    context.closePath();
    context.setLineDash([6, 5]);
    context.lineJoin = "round";
    context.strokeStyle = color("--map-outline");
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
  },

  /* Leaflet's own projection makes several objects for each point. */
  drawCarts() {
    const context = this.cleared(this.canvas);
    const size = this._map.getSize();
    const corner = this._map.getPixelBounds().min;
    const world = 256 * 2 ** this._map.getZoom();
    let chosen = null;
    this.pixels.begin(this.canvas, window.devicePixelRatio || 1, cartColors());
    for (const cart of this.carts.values()) {
      if (cart.lat === null || cart.hidden) continue;
      const x = worldX(cart.lon) * world - corner.x;
      const y = worldY(cart.lat) * world - corner.y;
      if (!(x > -REACH && y > -REACH && x < size.x + REACH && y < size.y + REACH)) continue;
      if (cart.cart === this.selected) chosen = { cart, x, y };
      this.pixels.put(kindOf(cart), x, y);
    }
    this.pixels.show(context);
    if (chosen !== null) this.drawChosen(context, chosen);
  },

  drawChosen(context, { cart, x, y }) {
    context.beginPath();
    context.arc(x, y, 14, 0, 2 * Math.PI);
    context.strokeStyle = color("--ink");
    context.lineWidth = 2;
    context.stroke();
    context.font = "600 13px system-ui, sans-serif";
    const width = context.measureText(cart.cart).width;
    context.fillStyle = color("--surface");
    context.fillRect(x + 17, y - 10, width + 8, 20);
    context.fillStyle = color("--ink");
    context.fillText(cart.cart, x + 21, y + 5);
  },

  at(lat, lon) {
    return this._map.latLngToContainerPoint([lat, lon]);
  },

  /* The nearest cart to a point of the map, or null. */
  near(point) {
    let best = null;
    let distance = HIT_PX;
    for (const cart of this.carts.values()) {
      if (cart.lat === null || cart.hidden) continue;
      const away = this.at(cart.lat, cart.lon).distanceTo(point);
      if (away < distance) {
        distance = away;
        best = cart;
      }
    }
    return best;
  },
});

export class CartMap {
  #map;
  #layer;
  #lines = [];
  #fitted = false;

  constructor(element, carts, { tiles, attribution, onChoose }) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = L.map(element, {
      zoomAnimation: false,
      fadeAnimation: false,
      inertia: !calm,
      markerZoomAnimation: false,
      center: SANTIAGO,
      zoom: 13,
      attributionControl: Boolean(tiles),
    });
    if (tiles) L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(this.#map);
    this.#layer = new CartLayer(carts, Boolean(tiles)).addTo(this.#map);
    this.#map.on("click", (event) => {
      const cart = this.#layer.near(event.containerPoint);
      if (cart) onChoose(cart.cart);
    });
    this.observer = new ResizeObserver(() => this.#map.invalidateSize({ animate: false }));
    this.observer.observe(element);
    this.sameColors = onScheme(() => {
      this.#layer.draw();
      for (const { line, kind } of this.#lines) line.setStyle({ color: color(`--line-${kind}`) });
    });
  }

  remove() {
    this.sameColors();
    this.observer.disconnect();
    this.#map.remove();
  }

  moved() {
    this.#layer.soon();
  }

  /* Carts were added or have gone: the outline may be another. */
  changed() {
    const points = [...this.#layer.carts.values()]
      .filter((cart) => cart.lat !== null && !cart.fugitive)
      .map((cart) => [cart.lat, cart.lon]);
    this.#layer.outline = hull(points);
    if (!this.#fitted && points.length > 0) this.fit();
    else this.#layer.draw();
  }

  fit() {
    const points = [...this.#layer.carts.values()]
      .filter((cart) => cart.lat !== null)
      .map((cart) => [cart.lat, cart.lon]);
    if (points.length === 0) return;
    this.#fitted = true;
    this.#map.fitBounds(L.latLngBounds(points).pad(0.1), { animate: false, maxZoom: 16 });
  }

  select(cart) {
    this.#layer.selected = cart?.cart ?? null;
    this.#layer.soon();
  }

  /* Moves to where the cart is, if that is not to be seen. */
  goTo(cart) {
    if (cart && cart.lat !== null && !this.#map.getBounds().contains([cart.lat, cart.lon]))
      this.#map.setView([cart.lat, cart.lon], this.#map.getZoom(), { animate: false });
  }

  clearLines() {
    for (const { line } of this.#lines) line.remove();
    this.#lines = [];
  }

  /* Moves to where the lines are. */
  fitLines() {
    const bounds = L.latLngBounds(this.#lines.flatMap(({ line }) => line.getLatLngs()));
    if (bounds.isValid())
      this.#map.fitBounds(bounds.pad(0.1), { animate: false, maxZoom: 16 });
  }

  /* `kind`: "track" or "trail"; `points`: [lat, lon]. Returns what makes it longer. */
  line(points, kind) {
    const line = L.polyline(points, {
      color: color(`--line-${kind}`),
      weight: kind === "trail" ? 4 : 3,
      dashArray: kind === "trail" ? "2 7" : null,
      interactive: false,
    }).addTo(this.#map);
    this.#lines.push({ line, kind });
    return (lat, lon) => line.addLatLng([lat, lon]);
  }
}
