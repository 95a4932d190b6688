// Keys people know from other applications. Letters do nothing while somebody types.
import { openDialog } from "./dialogs.js";
import { closeMenus } from "./menus.js";
import { openPalette } from "./palette.js";

const PLACES = { h: "/", c: "/clients", d: "/deals", b: "/deals/board", i: "/invoices", t: "/tasks", n: "/notifications", r: "/reports", s: "/settings" };
const typing = (element) => element.matches?.("input, textarea, select, [contenteditable]");
let going = 0;

function letter(event) {
  if (going && Date.now() - going < 1500 && PLACES[event.key]) {
    location.assign(PLACES[event.key]);
    return true;
  }
  going = event.key === "g" ? Date.now() : 0;
  if (event.key === "?") return openDialog("keys");
  if (event.key === "c") return follow("[data-create]");
  if (event.key === "e") return follow("[data-edit]");
  if (event.key === "/") {
    const field = document.querySelector("[data-search]");
    if (field) field.focus(); else openPalette();
    return true;
  }
  return false;
}

function follow(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return found;
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form");
      if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("button:not([type=button]):not([name])") ?? undefined); }
    } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (!closeMenus()) document.querySelector("[data-cancel]")?.click();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && !document.querySelector("dialog[open]")) {
      if (letter(event)) event.preventDefault();
    }
  });
}
