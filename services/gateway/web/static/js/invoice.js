// The lines of an invoice: add and remove without leaving the page; the server works out the total.
const form = document.querySelector("[data-lines]");
const lines = document.getElementById("lines");
let timer;

function recount() {
  clearTimeout(timer);
  timer = setTimeout(() => htmx.trigger("#totals", "recount"), 250);
}

function add() {
  const numbers = [...lines.querySelectorAll("input")].map((input) => Number(input.name.split(".")[1]));
  const html = document.getElementById("blank-line").innerHTML.replaceAll("NUMBER", String(Math.max(-1, ...numbers) + 1));
  lines.insertAdjacentHTML("beforeend", html);
  lines.lastElementChild.querySelector("input").focus();
}

form.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-line]");
  if (event.target.closest("[data-add-line]")) { event.preventDefault(); add(); }
  if (remove) {
    event.preventDefault();
    if (lines.children.length > 1) remove.closest("[data-line]").remove();
    else for (const input of lines.querySelectorAll("input")) input.value = "";
    lines.querySelector("input").focus();
    recount();
  }
});
form.addEventListener("input", recount);
form.addEventListener("change", (event) => {
  // The deals to choose from are the client's: fetch them by loading the form with what was typed.
  if (event.target.name === "client_id" && event.target.tagName === "SELECT") {
    const again = Object.assign(document.createElement("button"), { name: "work_out", value: "yes", formNoValidate: true, hidden: true });
    form.append(again);
    form.requestSubmit(again);
  }
});
