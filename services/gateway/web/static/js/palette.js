// The command palette: type, go with the arrows, Enter jumps.
const options = () => [...document.querySelectorAll("#palette-results [role=option]")];

function select(index) {
  const all = options();
  const input = document.getElementById("palette-input");
  all.forEach((option, at) => {
    option.setAttribute("aria-selected", String(at === index));
    if (at === index) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  });
  if (!all.length) input.removeAttribute("aria-activedescendant");
}

export function openPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const input = document.getElementById("palette-input");
  input.select();
  htmx.trigger(input, "opened");
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = document.getElementById("palette-input");
  dialog.addEventListener("opened", (event) => {
    // The input's own event of that name rises to here, too.
    if (event.target !== dialog) return;
    input.select();
    htmx.trigger(input, "opened");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "palette-results") select(0);
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select((now + 1) % all.length);
    else if (event.key === "ArrowUp") select((now - 1 + all.length) % all.length);
    else if (event.key === "Enter") all[now]?.click();
    else return;
    event.preventDefault();
  });
}
