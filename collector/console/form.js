// Forms, of the console and of the buyers' pages.
import { el } from "/console/dom.js";
import { t } from "/console/words.js";

/* A labelled <input>. */
export function field(label, name, attributes = {}) {
  return el(
    "label",
    {},
    el("span", {}, label, attributes.required ? null : ` (${t("optional")})`),
    el("input", { name, autocomplete: "off", ...attributes }),
  );
}

/* A form whose values go to `send(values)`; the field that the server found at fault is marked. */
export function form(fields, label, send) {
  const problem = el("p.problem", { role: "alert" });
  const element = el(
    "form.stack",
    {
      novalidate: false,
      onsubmit: async (event) => {
        event.preventDefault();
        problem.textContent = "";
        for (const input of element.elements) input.removeAttribute("aria-invalid");
        const button = element.querySelector("button[type=submit]");
        button.disabled = true;
        try {
          await send(Object.fromEntries(new FormData(element)), element);
        } catch (error) {
          // Whose session has ended signs in, and sends it once more.
          const isOver = error.status === 401 && error.code !== "bad-login";
          problem.textContent = isOver ? "" : error.message;
          const at = error.field && element.elements[error.field];
          if (at) {
            at.setAttribute("aria-invalid", "true");
            at.focus();
          }
        } finally {
          button.disabled = false;
        }
      },
    },
    fields,
    problem,
    el("div.row", {}, el("button.primary", { type: "submit" }, label)),
  );
  return element;
}
