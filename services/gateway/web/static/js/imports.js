// A file may be dropped on the form; it is sent as if it had been chosen.
for (const form of document.querySelectorAll("[data-drop]")) {
  const field = form.querySelector("input[type=file]");
  const over = (event) => {
    event.preventDefault();
    form.classList.toggle("is-over", event.type === "dragover");
  };
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", over);
  form.addEventListener("drop", (event) => {
    over(event);
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

// Of a row that is repaired only what was changed is sent; where nothing was, somebody has seen it and takes it as it is.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches(".bad-row")) return;
  const cells = [...event.target.elements].filter((field) => field.name.startsWith("cell."));
  const same = cells.filter((field) => field.value === field.defaultValue);
  if (same.length < cells.length) for (const field of same) event.formData.delete(field.name);
});

// The row that is repaired next has the focus then: the same one while it is not good, the button below when all are.
let repaired = -1;
const rows = () => [...document.querySelectorAll(".bad-row")];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || !detail.target.matches(".bad-row")) return;
  const focused = document.activeElement;
  // Who went on to another field meanwhile is left there.
  if (focused === document.body || detail.target.contains(focused)) repaired = rows().indexOf(detail.target);
});
document.addEventListener("htmx:afterSettle", () => {
  if (repaired < 0) return;
  const all = rows();
  const next = [...all.slice(repaired), ...all.slice(0, repaired)].find((row) => !row.matches(".is-good"));
  repaired = -1;
  const field = next?.querySelector("[aria-invalid=true]") ?? next?.querySelector("[name^='cell.']");
  (field ?? document.querySelector("#finish .btn-primary") ?? document.querySelector("h1")).focus();
});
