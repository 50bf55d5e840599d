// Tables of rows: columns, order by a click on a heading, and the focus kept over a renewal.
import { say } from "/console/dialog.js";
import { append, el, keepFocus, newId, replace, update } from "/console/dom.js";
import { t } from "/console/words.js";

const SHOWN_AT_ONCE = 300;

/* Roles are said, not left to the elements: in a narrow window some tables are shown as blocks
 * (console.css), and what is not displayed as a table loses them.
 *
 * A column: { key, label, kind ("num", "mono", "wide" or none), show(row) → text or node,
 * sort(row) → value }. `options`: { caption, columns, key(row), sortable, rowClass(row),
 * actions(row) → nodes, atOnce: rows that are drawn before more are asked for, empty: a text or a
 * function that gives it, blocks: whether a narrow window shows a block per row; where it has long
 * words, if nothing else is said }. */
export class Table {
  #options;
  #rows = [];
  #sort = null; // { column, down }
  #shown;
  #body = el("tbody", { role: "rowgroup" });
  #foot = el("tfoot", { role: "rowgroup" });
  #region;
  #headings = [];
  #more;
  #next = null; // fetches more rows; null: there are no others

  constructor(options) {
    this.#options = options;
    this.#shown = options.atOnce ?? SHOWN_AT_ONCE;
    const caption = newId("caption");
    const blocks = options.blocks ?? options.columns.some((column) => column.kind === "wide");
    this.#more = el(
      "button.more",
      { type: "button", hidden: true, onclick: (event) => once(event, () => this.#showMore()) },
      t("app-more"),
    );
    this.#region = el(
      "div.table-scroll",
      { role: "region", "aria-labelledby": caption, tabindex: 0 },
      el(
        "table",
        { role: "table", class: blocks ? "blocks" : null },
        el(
          "caption",
          { id: caption, class: options.captionShown ? null : "unseen" },
          options.caption,
        ),
        el(
          "thead",
          { role: "rowgroup" },
          el(
            "tr",
            { role: "row" },
            options.columns.map((column) => this.#heading(column)),
            options.actions &&
              el(
                "th.act",
                { scope: "col", role: "columnheader" },
                el("span.unseen", {}, t("app-actions")),
              ),
          ),
        ),
        this.#body,
        this.#foot,
      ),
    );
    this.element = el("div.table-frame", {}, this.#region, this.#more);
  }

  #heading(column) {
    const content =
      this.#options.sortable === false
        ? column.label
        : el("button", { type: "button", onclick: () => this.#order(column) }, column.label);
    const heading = el("th", { scope: "col", role: "columnheader", class: column.kind }, content);
    this.#headings.push({ column, heading });
    return heading;
  }

  #order(column) {
    const again = this.#sort?.column === column;
    this.#sort = { column, down: again ? !this.#sort.down : column.kind === "num" };
    for (const { column: other, heading } of this.#headings) {
      if (other === column)
        heading.setAttribute("aria-sort", this.#sort.down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
    this.#draw();
  }

  #ordered() {
    if (this.#sort === null) return this.#rows;
    const { column, down } = this.#sort;
    const value = column.sort ?? ((row) => row[column.key]);
    const sign = down ? -1 : 1;
    return [...this.#rows].sort((left, right) => {
      const a = value(left) ?? "";
      const b = value(right) ?? "";
      if (typeof a === "number" && typeof b === "number") return sign * (a - b);
      return sign * String(a).localeCompare(String(b));
    });
  }

  async #showMore() {
    const held = this.#rows.length;
    this.#shown += this.#options.atOnce ?? SHOWN_AT_ONCE;
    if (this.#shown > held && this.#next !== null) await this.#next();
    this.#draw();
  }

  /* Fetches more rows than these, and sets them; null where these are all. */
  set more(call) {
    this.#next = call;
    this.#draw();
  }

  /* How many are drawn. */
  get drawn() {
    return Math.min(this.#rows.length, this.#shown);
  }

  #row(row) {
    const key = this.#options.key(row);
    const line = el("tr", { class: this.#options.rowClass?.(row), role: "row", "data-key": key });
    this.#options.columns.forEach((column, index) => {
      const shown = column.show ? column.show(row) : row[column.key];
      const text = shown === null || shown === undefined || shown === "" ? "–" : shown;
      line.append(
        index === 0
          ? el(
              "th",
              { scope: "row", role: "rowheader", class: column.kind, "data-label": column.label },
              text,
            )
          : el(
              "td",
              {
                role: "cell",
                class: [column.kind, text === "–" && "none"].filter(Boolean).join(" ") || null,
                "data-label": column.label,
              },
              text,
            ),
      );
    });
    if (this.#options.actions)
      line.append(el("td.act", { role: "cell" }, el("div.acts", {}, this.#options.actions(row))));
    for (const one of line.querySelectorAll("button, a"))
      one.dataset.focus = `${key}/${one.textContent}`;
    return line;
  }

  #draw() {
    const rows = this.#ordered();
    const lines = rows.slice(0, this.#shown).map((row) => this.#row(row));
    if (lines.length === 0)
      lines.push(
        el(
          "tr.empty",
          { role: "row", "data-key": "" },
          el("td", { role: "cell", colspan: this.#options.columns.length + 1 }, this.#empty()),
        ),
      );
    keepFocus(this.#body, () => update(this.#body, lines), this.#region);
    this.#more.hidden = rows.length <= this.#shown && this.#next === null;
  }

  #empty() {
    const { empty = t("app-empty") } = this.#options;
    return typeof empty === "function" ? empty() : empty;
  }

  set rows(rows) {
    this.#rows = rows;
    this.#draw();
  }

  get rows() {
    return this.#rows;
  }

  /* What stands under the columns, one entry each. */
  foot(cells) {
    replace(
      this.#foot,
      cells &&
        el(
          "tr",
          { role: "row" },
          cells.map((cell, index) =>
            index === 0
              ? el("th", { scope: "row", role: "rowheader" }, cell)
              : el("td", { role: "cell", class: this.#options.columns[index]?.kind }, cell),
          ),
        ),
    );
    return this;
  }
}

const running = new Set();

/* Neither the second half of a double click, under which another row may lie by then, nor a key
 * that is held down is a second act. */
async function once(event, call) {
  const key = event.currentTarget.dataset.focus ?? event.currentTarget;
  if (event.detail > 1 || running.has(key)) return;
  running.add(key);
  try {
    await call();
  } catch (error) {
    if (error.name !== "AbortError" && error.status !== 401) say(error.message, "bad");
  } finally {
    running.delete(key);
  }
}

/* A button of a row; `call` may be asynchronous. */
export function act(label, call, { kind = "", name = null } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: `small ${kind}`.trim(),
      onclick: (event) => once(event, call),
      "aria-label": name === null ? null : `${label}: ${name}`,
    },
    label,
  );
}

export function badge(text, kind = "") {
  return el("span", { class: `badge ${kind}`.trim() }, text);
}

export function definitions(pairs) {
  return append(
    el("dl.facts"),
    pairs.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value ?? "–"))),
  );
}
