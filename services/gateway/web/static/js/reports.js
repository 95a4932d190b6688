// Reports: the slider that goes through the days, a grid of targets by arrow keys, and files that open when they are made.
const slider = document.getElementById("as-of-slider");
const DAY = 86_400_000;

// Dates of calendars, without a time zone: as UTC they are a day apart, always.
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const words = (day) => new Date(day).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });

function startSlider() {
  const group = slider.closest("[data-first]");
  const field = document.getElementById("as-of");
  const now = group.querySelector("[data-asof-now]");
  const first = Date.parse(group.dataset.first);

  const show = () => {
    slider.setAttribute("aria-valuetext", field.value === group.dataset.today ? group.dataset.now : words(field.value));
    now.disabled = field.value === group.dataset.today;
  };
  slider.hidden = false;
  // Each step says its day at once; the form asks for it when the hand, or the key, lets go.
  slider.addEventListener("input", () => { field.value = iso(first + slider.value * DAY); show(); });
  field.addEventListener("change", () => {
    if (!field.value) field.value = group.dataset.today;
    slider.value = Math.round((Date.parse(field.value) - first) / DAY);
    show();
  });
  now.addEventListener("click", () => {
    field.value = group.dataset.today;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
}

function startGrid(grid) {
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    const row = step < 0 ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
    const next = row?.cells[cell.cellIndex]?.querySelector("input:not([type=hidden])");
    if (next) { event.preventDefault(); next.focus(); next.select(); }
  });
}

if (slider) startSlider();
document.querySelectorAll("[data-grid]").forEach(startGrid);
document.addEventListener("htmx:afterSwap", (event) => {
  event.detail.target.querySelector?.("[data-fetch]")?.click();
});
