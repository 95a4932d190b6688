// Forms: nothing typed is lost, nothing is sent twice, and the first fault has the focus.
let changed = null;
// What a form that comes anew was given while its answer was on the way: values by name, and who had the focus.
let meanwhile = null;

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
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, formData } = event.detail.requestConfig;
    const form = elt.matches("select") ? elt.closest("form[data-anew]") : null;
    if (!form) return;
    const typed = [...form.querySelectorAll("input[name]:not([type=checkbox])")].filter((each) => each.value !== formData.get(each.name));
    const ticked = [...form.querySelectorAll("input[type=checkbox]")].filter((each) => each.checked !== formData.getAll(each.name).includes(each.value));
    meanwhile = { typed: typed.map((each) => [each.name, each.value]), ticked: ticked.map((each) => [each.name, each.value, each.checked]), focused: form.contains(document.activeElement) && document.activeElement.name };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (meanwhile) resume(event.detail.target);
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

function resume(place) {
  const { typed, ticked, focused } = meanwhile;
  meanwhile = null;
  const named = (name) => place.querySelector(`[name="${CSS.escape(name)}"]`);
  for (const [name, value] of typed) {
    const input = named(name);
    if (input?.matches("input:not([type=checkbox])")) input.value = value;
  }
  for (const [name, value, checked] of ticked) {
    const box = place.querySelector(`[type=checkbox][name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (box) box.checked = checked;
  }
  const field = focused && named(focused);
  if (!field) return;
  field.focus();
  // Only once it is settled does the new field know what is to be asked for when somebody is in it.
  document.addEventListener("htmx:afterSettle", () => field.dispatchEvent(new Event("focus")), { once: true });
}

// Fields that only matter for one choice show with it: data-shows on the choice, data-when="value other" on the fields.
function reveal(choice) {
  const value = choice.querySelector?.("input:checked")?.value ?? choice.value;
  for (const part of (choice.closest("[data-shows-in]") ?? choice.closest("form")).querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(value);
  }
}
