// Forms: nothing typed is lost, nothing is sent twice, and the first fault has the focus.
let changed = null;

export function startForms() {
  document.querySelector("[aria-invalid=true]")?.focus();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) changed = form;
  });
  document.addEventListener("submit", (event) => {
    if (changed === event.target) changed = null;
    const form = event.target;
    if (form.dataset.sent && !form.hasAttribute("hx-post") && form.method === "post") event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  document.addEventListener("change", (event) => {
    const shows = event.target.closest("[data-shows]");
    if (shows) reveal(shows);
  });
  document.querySelectorAll("[data-shows]").forEach(reveal);
  document.addEventListener("htmx:afterSwap", (event) => {
    // What shows itself anew takes the focus from nobody.
    if (event.detail.requestConfig?.elt.matches("[data-live]")) return;
    const name = event.detail.pathInfo?.requestPath.match(/\/fields\/([\w-]+)/)?.[1];
    const place = (name && document.getElementById(`prop-${name}`)) || event.detail.target;
    // What was swapped away may have had the focus: the field, or the property it stood for, gets it.
    place.querySelector?.("[aria-invalid=true], [data-focus], button.prop")?.focus();
    event.detail.target.querySelectorAll?.("[data-shows]").forEach(reveal);
  });
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab-of]");
    if (!tab) return;
    const record = document.getElementById(tab.dataset.tabOf);
    record.dataset.tab = tab.dataset.tabTo;
    for (const other of tab.parentElement.querySelectorAll("[data-tab-of]")) other.setAttribute("aria-selected", String(other === tab));
  });
}

// Fields that only matter for one choice show with it: data-shows on the choice, data-when="value other" on the fields.
function reveal(choice) {
  const value = choice.querySelector?.("input:checked")?.value ?? choice.value;
  for (const part of (choice.closest("[data-shows-in]") ?? choice.closest("form")).querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(value);
  }
}
