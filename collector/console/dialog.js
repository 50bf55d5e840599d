// Questions to the person, and words to them about what came of an act.
import { el, newId } from "/console/dom.js";
import { t } from "/console/words.js";

const live = el("div.unseen", { role: "status", "aria-live": "polite" });
const toast = el("div.toast", { hidden: true });
let timer = null;

export function mountWords(parent) {
  parent.append(live, toast);
}

/* Said aloud by a screen reader, and shown nowhere. */
export function announce(text) {
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

export function say(text, kind = "good") {
  clearTimeout(timer);
  toast.className = `toast ${kind}`;
  toast.replaceChildren(
    el("span", {}, text),
    el("button.small", { type: "button", "aria-label": t("app-close"), onclick: hush }, "×"),
  );
  toast.hidden = false;
  announce(text);
  if (kind === "good") timer = setTimeout(hush, 8000);
}

export function hush() {
  clearTimeout(timer);
  toast.hidden = true;
}

/* An act with its end told: what went wrong in the server's words. Returns whether it went well. */
export async function attempt(call, done = t("app-done")) {
  try {
    const result = await call();
    say(typeof done === "function" ? done(result) : done);
    return true;
  } catch (error) {
    if (error.name !== "AbortError" && error.status !== 401) say(error.message, "bad");
    return false;
  }
}

/* Firefox and Safari have dialogs since 2022: before, it stands over the page as it is. */
function showBeside(dialog) {
  dialog.setAttribute("open", "");
  dialog.close = () => dialog.remove();
}

function open(dialog) {
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal();
  else showBeside(dialog);
}

/* Dialogs that were taken off the page, with what was typed into them. */
export function reopen(dialogs) {
  for (const dialog of dialogs) {
    dialog.removeAttribute("open");
    open(dialog);
  }
}

/* Shows a dialog with `content`; returns it. It is gone once it is closed. */
export function show(title, content, buttons = []) {
  const heading = el("h2", { id: newId("dialog-title") }, title);
  const dialog = el(
    "dialog",
    { "aria-labelledby": heading.id },
    heading,
    content,
    el(
      "div.row.end",
      {},
      buttons,
      el(
        "button",
        { type: "button", onclick: () => dialog.close() },
        buttons.length > 0 ? t("app-cancel") : t("app-close"),
      ),
    ),
  );
  const { focus } = document.activeElement?.dataset ?? {};
  dialog.addEventListener("close", () => {
    dialog.remove();
    refocus(focus);
  });
  open(dialog);
  return dialog;
}

/* What was drawn anew while the dialog was open has lost the focus; a keyboard goes on from it. */
function refocus(name) {
  if (name === undefined || document.activeElement !== document.body) return;
  document.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
}
