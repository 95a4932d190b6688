// Menus are <details>: they open without script; with it, one at a time, and they close as people expect.
const open = () => document.querySelectorAll("details[data-menu][open]");

export function closeMenus(except = null) {
  let closed = false;
  for (const menu of open()) {
    if (menu !== except) { menu.open = false; closed = true; }
  }
  return closed;
}

export function startMenus() {
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-menu][open]")) closeMenus(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...menu.querySelectorAll(".menu-list a, .menu-list button, .menu-list input, .menu-list select")];
      const next = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (!document.activeElement.matches("input, select")) {
        items[(next + items.length) % items.length]?.focus();
        event.preventDefault();
      }
    }
  });
}
