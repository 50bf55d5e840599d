// The notice of privacy: what this guild keeps of whom, for what, how long, and where to ask.
import { el } from "/console/dom.js";
import { language, t } from "/console/words.js";

const until = (days) => (days === null ? t("privacy-without-end") : t("privacy-days", days));

const about = (what, how) => [el("dt", {}, what), el("dd", {}, how)];

function show(kept) {
  const clients = {
    names: () => about(t("privacy-clients"), t("privacy-clients-names")),
    pseudonym: () => about(t("privacy-clients"), t("privacy-clients-pseudonym")),
    none: () => [],
  };
  document.body.append(
    el(
      "main.sign",
      {},
      el("h1", {}, t("privacy-title")),
      el("p.lead", {}, t("privacy-lead")),
      el(
        "dl",
        {},
        about(t("privacy-members"), t("privacy-members-until", until(kept.rejected_days))),
        about(t("privacy-buyers"), until(kept.order_days)),
        clients[kept.clients](),
        about(t("privacy-vendors"), until(kept.track_days)),
        about(t("privacy-accounts"), until(kept.sign_in_days)),
        about(t("privacy-mails"), until(kept.mail_days)),
      ),
      el(
        "p",
        {},
        kept.contact
          ? t("privacy-ask", kept.contact, kept.answer_days)
          : t("privacy-ask-sender", kept.answer_days),
      ),
    ),
  );
}

document.documentElement.lang = language;
document.title = `${t("privacy-title")} · carrito`;
fetch("/privacidad.json")
  .then((answer) => answer.json())
  .then(show);
