// Lists: the bar that appears with a selection, and the question before all of it is deleted.
import { openDialog } from "./dialogs.js";

const picked = (list) => [...list.querySelectorAll(".pick:checked")];

function update(list) {
  const bar = list.querySelector(".bulkbar");
  const all = list.querySelector(".pick-all");
  const count = picked(list).length;
  if (all) {
    const boxes = list.querySelectorAll(".pick").length;
    all.checked = count > 0 && count === boxes;
    all.indeterminate = count > 0 && count < boxes;
  }
  if (!bar) return;
  bar.hidden = count === 0;
  // All that are shown are picked and there are more: offered with one click, and taken back with any other.
  const matching = bar.querySelector("[data-matching]");
  if (matching && !all?.checked) matching.disabled = true;
  const whole = matching && !matching.disabled;
  const offer = bar.querySelector("[data-pick-matching]");
  if (offer) offer.hidden = !all?.checked || whole;
  const number = whole ? Number(matching.dataset.total) : count;
  bar.querySelector("[data-count]").textContent = number.toLocaleString(document.documentElement.lang);
}

function askFirst(event) {
  const form = event.target;
  const bar = form.querySelector?.(".bulkbar");
  if (!bar || bar.querySelector("[name=action]").value !== "delete" || event.submitter?.name === "sure") return;
  event.preventDefault();
  // Nobody takes it for sent.
  event.stopImmediatePropagation();
  form.querySelector("[data-how-many]").textContent = bar.querySelector("[data-count]").textContent;
  openDialog("sure");
}

export function startLists() {
  document.addEventListener("submit", askFirst, true);
  document.addEventListener("change", (event) => {
    const list = event.target.closest("[data-list]");
    if (!list) return;
    if (event.target.matches(".pick-all")) {
      for (const box of list.querySelectorAll(".pick")) box.checked = event.target.checked;
    }
    if (event.target.matches(".pick, .pick-all")) update(list);
  });
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-pick-matching]");
    if (offer) {
      const list = offer.closest("[data-list]");
      list.querySelector("[data-matching]").disabled = false;
      update(list);
      list.querySelector(".bulkbar select").focus();
    }
    if (!event.target.closest("[data-unpick]")) return;
    const list = event.target.closest("[data-list]");
    for (const box of picked(list)) box.checked = false;
    update(list);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const list = event.detail.target?.closest?.("[data-list]");
    if (list) update(list);
  });
  document.querySelectorAll("[data-list]").forEach(update);
}
