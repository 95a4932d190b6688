// What every page of the app listens for. Parts that only some pages have are loaded there.
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";
import { startPalette } from "./palette.js";
import { startToasts } from "./toasts.js";

startToasts();
startMenus();
startDialogs();
startPalette();
startForms();
startLists();
startKeys();
startLive();

if (document.querySelector("[data-board]")) import(document.querySelector("[data-board]").dataset.board);
for (const source of new Set([...document.querySelectorAll("[data-script]")].map((part) => part.dataset.script))) import(source);
if (document.querySelector("[data-lines]")) import("./invoice.js");

// Scripts prove that a page of ours asks, as forms do with their hidden field.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf ?? "";
  if (event.detail.triggeringEvent?.type === "live") event.detail.headers["X-Live"] = "yes";
  // What is drawn for a page is too small to be read in half of one, or on a phone.
  const { elt, parameters } = event.detail;
  if (elt.matches(".chart") && elt.clientWidth < 540) parameters.narrow = "1";
});
document.addEventListener("fresh-token", (event) => {
  document.body.dataset.csrf = event.detail.token;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = event.detail.token;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.elt.matches("[data-live], #palette-input")) document.body.classList.add("busy");
});
document.addEventListener("htmx:afterRequest", () => document.body.classList.remove("busy"));
