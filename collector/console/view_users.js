// Users and the tokens of programs; an administrator's.
import { part, post, remove, send } from "/console/api.js";
import { say, show } from "/console/dialog.js";
import { el } from "/console/dom.js";
import { time } from "/console/format.js";
import { Table, act } from "/console/table.js";
import { choice, field, form, View } from "/console/view.js";
import { t, word } from "/console/words.js";

const roles = ["viewer", "operator", "admin", "vendor", "tracker"];
const whole = (text) => (text === "" ? undefined : Number(text));

function roleField(chosen = "viewer") {
  const label = choice(
    t("user-role"),
    roles.map((role) => [role, word("role", role)]),
    chosen,
    () => {},
  );
  label.className = "";
  label.querySelector("select").name = "role";
  return label;
}

const named = ({ cart, ...values }) =>
  cart ? { ...values, cart: cart.trim() } : values;

export default class Users extends View {
  #users = new Table({
    caption: t("view-users"),
    blocks: true,
    key: (row) => row.name,
    columns: [
      { key: "name", label: t("user-name") },
      { key: "role", label: t("user-role"), show: (row) => word("role", row.role) },
      { key: "cart", label: t("cart") },
      { key: "created", label: t("user-created"), show: (row) => time(row.created) },
      { key: "blocked_until", label: t("alert-ended"), show: (row) => time(row.blocked_until) },
    ],
    actions: (row) => [
      act(t("user-change-role"), () => this.#role(row), { name: row.name }),
      act(t("user-password"), () => this.#password(row.name), { name: row.name }),
      act(
        t("user-remove"),
        () =>
          this.#end(`/users/${part(row.name)}`, t("user-remove-ask", row.name), t("user-remove")),
        { name: row.name },
      ),
    ],
  });
  #tokens = new Table({
    caption: t("token-title"),
    captionShown: true,
    blocks: true,
    key: (row) => row.id,
    columns: [
      { key: "name", label: t("member-name") },
      { key: "role", label: t("user-role"), show: (row) => word("role", row.role) },
      { key: "cart", label: t("cart") },
      { key: "created", label: t("user-created"), show: (row) => time(row.created) },
      {
        key: "expires",
        label: t("token-expires"),
        show: (row) => (row.expires ? time(row.expires) : t("token-never")),
      },
    ],
    actions: (row) => [
      act(
        t("token-end"),
        () => this.#end(`/tokens/${part(row.id)}`, t("token-end-ask", row.name), t("token-end")),
        { name: row.name },
      ),
    ],
  });

  mount() {
    const cart = () => field(t("cart"), "cart", { maxlength: 64 });
    this.set(
      this.#users.element,
      this.#tokens.element,
      el(
        "div.cards.wide",
        {},
        el(
          "section.card",
          {},
          el("h2", {}, t("user-add")),
          form(
            [
              field(t("user-name"), "name", { required: true }),
              roleField(),
              cart(),
              field(t("sign-password"), "password", {
                type: "password",
                required: true,
                autocomplete: "new-password",
              }),
            ],
            t("app-save"),
            async (values, element) => {
              await post("/users", named(values));
              element.reset();
              say(t("user-added", values.name));
              this.renew();
            },
          ),
        ),
        el(
          "section.card",
          {},
          el("h2", {}, t("token-add")),
          form(
            [
              field(t("member-name"), "name", { required: true }),
              roleField(),
              cart(),
              field(t("token-days"), "days", {
                type: "number",
                required: true,
                min: 1,
                value: 365,
              }),
            ],
            t("app-save"),
            async (values, element) => {
              const given = await post("/tokens", named({ ...values, days: whole(values.days) }));
              element.reset();
              show(t("token-add"), el("p.token", { tabindex: 0 }, t("token-given", given.token)));
              this.renew();
            },
          ),
        ),
      ),
    );
    this.look(5000);
  }

  async load() {
    [this.#users.rows, this.#tokens.rows] = await Promise.all([
      this.all("/users"),
      this.all("/tokens"),
    ]);
  }

  #end(path, question, label) {
    this.ask(question, label, () => remove(path));
  }

  #role({ name, role, cart }) {
    const dialog = show(
      t("user-role-of", name),
      form(
        [roleField(role), field(t("cart"), "cart", { maxlength: 64, value: cart })],
        t("app-save"),
        async (values) => {
          await send("PATCH", `/users/${part(name)}`, named(values));
          dialog.close();
          say(t("app-done"));
          await this.renew();
        },
      ),
    );
    dialog.querySelector("select").focus();
  }

  #password(name) {
    const dialog = show(
      t("user-password-of", name),
      form(
        [
          field(t("sign-password"), "password", {
            type: "password",
            required: true,
            autocomplete: "new-password",
          }),
        ],
        t("app-save"),
        async (values) => {
          await post(`/users/${part(name)}/password`, values);
          dialog.close();
          say(t("app-done"));
        },
      ),
    );
  }
}
