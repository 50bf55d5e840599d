// One's own account: another password, and where one is signed in.
import { changePassword, isBadLogin, part, remove } from "/console/api.js";
import { say } from "/console/dialog.js";
import { el } from "/console/dom.js";
import { number, time } from "/console/format.js";
import { Table, act, badge } from "/console/table.js";
import { field, form, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const secret = (label, name, autocomplete) =>
  field(label, name, { type: "password", required: true, autocomplete });

export default class Account extends View {
  #sessions = new Table({
    caption: t("account-sessions"),
    captionShown: true,
    blocks: true,
    key: (row) => row.id,
    columns: [
      { key: "created", label: t("alert-started"), show: (row) => time(row.created) },
      { key: "role", label: t("user-role"), show: (row) => word("role", row.role) },
      {
        key: "expires",
        label: t("token-expires"),
        show: (row) => (row.expires ? time(row.expires) : t("token-never")),
      },
      {
        key: "current",
        label: t("day-status"),
        show: (row) => row.current && badge(t("account-current"), "quiet"),
      },
    ],
    actions: (row) => [
      !row.current &&
        act(t("account-end"), () => this.act(() => remove(`/me/sessions/${part(row.id)}`)), {
          name: time(row.created),
        }),
    ],
  });
  #others = el(
    "button",
    { type: "button", onclick: () => this.#endOthers() },
    t("account-end-others"),
  );

  mount() {
    this.set(
      this.#sessions.element,
      el("div.row", {}, this.#others),
      el(
        "div.cards.wide",
        {},
        el(
          "section.card",
          {},
          el("h2", {}, t("user-password")),
          el("p.muted", {}, t("account-password-lead")),
          form(
            [
              // for the browser's own keeping of passwords
              el("input", { value: this.me.user, autocomplete: "username", hidden: true }),
              secret(t("account-present"), "password", "current-password"),
              secret(t("account-new"), "new_password", "new-password"),
              secret(t("account-again"), "again", "new-password"),
            ],
            t("app-save"),
            (values, element) => this.#change(values, element),
          ),
        ),
      ),
    );
    this.look(5000);
  }

  async load() {
    const rows = await this.all("/me/sessions");
    this.#sessions.rows = rows;
    this.#others.hidden = rows.every((row) => row.current);
  }

  async #change({ password, new_password: chosen, again }, element) {
    if (chosen !== again)
      throw Object.assign(new Error(t("account-differs")), { field: "again" });
    try {
      await changePassword({ password, new_password: chosen });
    } catch (error) {
      if (isBadLogin(error)) error.field = "password";
      throw error;
    }
    element.reset();
    say(t("account-changed"));
    await this.renew();
  }

  #endOthers() {
    return this.act(
      () => remove("/me/sessions"),
      ({ ended }) => t("account-ended", number(ended)),
    );
  }
}
