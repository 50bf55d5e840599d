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

/* A form that goes to `send()` when it is sent; `problem` says why it did not go well, and the
 * field that the server found at fault is marked. */
export function whenSent(element, problem, send) {
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    for (const input of element.elements) input.removeAttribute("aria-invalid");
    const button = element.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      await send();
    } catch (error) {
      // Whose session has ended signs in, and sends it once more.
      const isOver = error.status === 401 && error.code !== "bad-login";
      problem.textContent = isOver ? "" : error.message;
      const at = error.field && element.elements[error.field];
      if (at && at.setAttribute) {
        at.setAttribute("aria-invalid", "true");
        at.focus();
      }
    } finally {
      button.disabled = false;
    }
  });
}

/* A form whose values go to `send(values)`. */
export function form(fields, label, send) {
  const problem = el("p.problem", { role: "alert" });
  const element = el(
    "form.stack",
    {},
    fields,
    problem,
    el("div.row", {}, el("button.primary", { type: "submit" }, label)),
  );
  whenSent(element, problem, () => send(Object.fromEntries(new FormData(element)), element));
  return element;
}
