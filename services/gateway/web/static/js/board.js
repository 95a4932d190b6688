// The board: dragging by pointer, moving by keys; a card that may not go there comes back.
import { toast } from "./toasts.js";

const board = document.querySelector("[data-board]");
const stages = [...board.querySelectorAll(".cards")];
const said = document.getElementById("board-said");

function askReason() {
  const dialog = document.getElementById("lost");
  const input = document.getElementById("lost-reason");
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue ? input.value.trim() : null), { once: true });
  });
}

async function move(card, to, putBack) {
  // What others move meanwhile waits.
  board.dataset.moving = Number(board.dataset.moving ?? 0) + 1;
  try {
    await moveNow(card, to, putBack);
  } finally {
    board.dataset.moving = Number(board.dataset.moving) - 1;
  }
}

async function moveNow(card, to, putBack) {
  const stage = to.dataset.stage;
  const body = new URLSearchParams({ stage, version: card.dataset.version, back: location.pathname + location.search });
  if (stage === "lost") {
    const reason = await askReason();
    if (!reason) return putBack();
    body.set("lost_reason", reason);
  }
  let answer;
  try {
    answer = await fetch(`/deals/${card.dataset.id}/stage?${board.dataset.query}`, {
      method: "POST", body, headers: { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf },
    });
  } catch {
    toast({ text: document.querySelector("[data-words]").dataset.offline, tone: "bad" });
    return putBack();
  }
  const message = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast;
  if (message) { toast(message); said.textContent = message.text; }
  if (!answer.ok) return putBack();
  show(await answer.text(), card);
}

// The answer holds the columns' new heads and the card as it is now.
function show(html, card) {
  const parts = new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html");
  for (const head of parts.querySelectorAll(".lane-head")) {
    head.removeAttribute("hx-swap-oob");
    document.getElementById(head.id).replaceWith(document.adoptNode(head));
  }
  const fresh = document.adoptNode(parts.querySelector(".deal-card"));
  const focused = card.contains(document.activeElement);
  card.replaceWith(fresh);
  htmx.process(fresh);
  if (focused) fresh.querySelector("a").focus();
}

function place(card, list, before) {
  list.insertBefore(card, before ?? list.firstElementChild);
}

function byKey(event) {
  const card = event.target.closest(".deal-card");
  if (!card || event.target.closest("details")) return;
  const list = card.parentElement;
  const at = stages.indexOf(list);
  const cards = [...list.querySelectorAll(".deal-card")];
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const upDown = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (sideways && event.shiftKey && "writes" in board.dataset) {
    const to = stages[at + sideways];
    if (!to) return;
    event.preventDefault();
    const next = card.nextElementSibling;
    place(card, to);
    card.querySelector("a").focus();
    move(card, to, () => { place(card, list, next); card.querySelector("a").focus(); });
  } else if (sideways) {
    event.preventDefault();
    for (let next = stages[at + sideways], step = at; next; step += sideways, next = stages[step + sideways]) {
      const other = next.querySelector(".deal-card a");
      if (other) return other.focus();
    }
  } else if (upDown) {
    event.preventDefault();
    cards[cards.indexOf(card) + upDown]?.querySelector("a").focus();
  }
}

function makeDraggable() {
  for (const list of stages) {
    Sortable.create(list, {
      group: "deals", draggable: ".deal-card", filter: "details, .more-cards", preventOnFilter: false, sort: false,
      animation: 120, delay: 120, delayOnTouchOnly: true,
      onEnd({ item, from, to, oldDraggableIndex }) {
        if (from === to) return;
        const before = from.querySelectorAll(".deal-card")[oldDraggableIndex];
        move(item, to, () => place(item, from, before ?? from.querySelector(".more-cards")));
      },
    });
  }
}

// What somebody else moved is said, too.
board.addEventListener("merged", ({ detail }) => {
  const names = detail.moved.map((card) => board.dataset.moved.replace("{deal}", card.querySelector("a").textContent.trim()).replace("{stage}", card.parentElement.dataset.stageWord));
  if (names.length) said.textContent = names.join(". ");
});
board.addEventListener("keydown", byKey);
if ("writes" in board.dataset) {
  const script = Object.assign(document.createElement("script"), { src: board.dataset.sortable, onload: makeDraggable });
  document.head.append(script);
}
