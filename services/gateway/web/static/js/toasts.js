// Messages at the edge: they leave by themselves, wait while somebody points at them, and may offer the way back.
const STAY = 8000;
const STAY_WITH_UNDO = 14000;

function leaveLater(card) {
  let timer;
  const start = () => { timer = setTimeout(() => card.remove(), card.querySelector("form") ? STAY_WITH_UNDO : STAY); };
  const stop = () => clearTimeout(timer);
  card.addEventListener("pointerenter", stop);
  card.addEventListener("pointerleave", start);
  card.addEventListener("focusin", stop);
  card.addEventListener("focusout", start);
  start();
}

export function toast({ text, undo = null, fields = {}, tone = "" }) {
  const words = document.querySelector("[data-words]")?.dataset ?? {};
  const card = document.createElement("div");
  card.className = `toast-card ${tone}`;
  card.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (undo) card.append(undoForm(undo, fields, words.undo ?? "Undo"));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", words.closing ?? "Dismiss");
  card.append(close);
  document.getElementById("toasts").append(card);
  leaveLater(card);
}

function undoForm(action, fields, label) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  const all = { ...fields, csrf_token: document.body.dataset.csrf };
  for (const [name, value] of Object.entries(all)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.append(Object.assign(document.createElement("button"), { textContent: label }));
  return form;
}

// What nobody asked for by hand does not complain.
const inBackground = (event) => event.detail.elt.matches("[data-live], #similar, [data-quiet], [hx-trigger^=intersect]");

export function startToasts() {
  document.querySelectorAll("#toasts .toast-card").forEach(leaveLater);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast-card").remove();
  });
  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("htmx:sendError", (event) => {
    if (inBackground(event)) return;
    toast({ text: document.querySelector("[data-words]").dataset.offline, tone: "bad" });
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (inBackground(event)) return;
    if (event.detail.xhr.getResponseHeader("HX-Trigger") || event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    toast({ text: document.querySelector("[data-words]").dataset.failed, tone: "bad" });
  });
}
