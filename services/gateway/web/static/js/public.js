// Pages for everybody: a form is sent once, and the first fault has the focus.
document.querySelector("[aria-invalid=true]")?.focus();
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 4000);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast-card").remove();
});
// The page of an invoice that was just paid: the confirmation comes within seconds.
if (document.querySelector("[data-look-again]")) setTimeout(() => location.reload(), 2000);
