// Elements out of words. Whatever comes from outside becomes text here, never markup.

/* el("a.big", { href: "#" }, "text", child, …): attributes that begin with `on` are listeners;
 * null, undefined and false are left out. */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export function replace(element, ...children) {
  element.textContent = "";
  return append(element, children);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(viewBox, ...paths) {
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("viewBox", viewBox);
  root.setAttribute("aria-hidden", "true");
  for (const path of paths) {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("d", path);
    root.append(element);
  }
  return root;
}

/* Puts `fresh` in the place of the children of `parent`; `data-key` says which is which. What has
 * not changed is not touched, so that a press of the mouse, a selection and the focus outlive a
 * renewal. */
export function update(parent, fresh) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const next = fresh.map((child) => {
    const old = before.get(child.dataset.key);
    return old && old.isEqualNode(child) ? old : child;
  });
  const staying = new Set(next);
  for (const child of [...parent.children]) if (!staying.has(child)) child.remove();
  next.forEach((child, index) => {
    if (parent.children[index] !== child)
      parent.insertBefore(child, parent.children[index] || null);
  });
}

/* Draws, and puts the focus back where it was: on what has the same `data-focus`, else on
 * `instead`. */
export function keepFocus(root, draw, instead = null) {
  const inside = root.contains(document.activeElement);
  const focused = document.activeElement;
  const focus = focused && focused.dataset ? focused.dataset.focus : undefined;
  draw();
  if (!inside || root.contains(document.activeElement)) return;
  const again =
    focus === undefined ? null : root.querySelector(`[data-focus="${CSS.escape(focus)}"]`);
  const target = again || instead;
  if (target) target.focus({ preventScroll: true });
}

/* Colours that are drawn, unlike those of CSS, have to be drawn again when the person's scheme
 * changes. Returns what ends it. */
export function onScheme(call) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", call);
  return () => dark.removeEventListener("change", call);
}

/* At most one call in `ms`, and none for as long as three times what the last one took; the last
 * one is never lost. */
export function throttle(ms, call) {
  let timer = null;
  let last = 0;
  let wait = ms;
  const run = async () => {
    timer = null;
    last = performance.now();
    await call();
    wait = Math.max(ms, 4 * (performance.now() - last));
  };
  const throttled = () => {
    if (timer === null) timer = setTimeout(run, Math.max(0, last + wait - performance.now()));
  };
  throttled.cancel = () => clearTimeout(timer);
  return throttled;
}

let ids = 0;
export function newId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}
