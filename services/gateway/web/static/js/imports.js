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
