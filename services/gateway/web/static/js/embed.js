// On somebody else's page: a form where our script tag stands, in that page's own type and colours. Our shape for it
// weighs nothing (:where), so any rule of that page wins; a sheet made by script needs no 'unsafe-inline' of its policy.
const here = document.currentScript;
const shape = new CSSStyleSheet();
shape.replaceSync(`
  :where(.amo-contact) { display: grid; gap: 1rem; max-width: 36rem; }
  :where(.amo-contact p) { margin: 0; }
  :where(.amo-contact label) { display: grid; gap: .3rem; }
  :where(.amo-contact :is(input, textarea)) { box-sizing: border-box; width: 100%; padding: .55rem .7rem; font: inherit;
    color: inherit; background: Field; border: 1px solid #868e8b; border-radius: .4rem; }
  :where(.amo-contact textarea) { min-height: 7rem; resize: vertical; }
  :where(.amo-contact button) { justify-self: start; padding: .6rem 1.4rem; font: inherit; font-weight: 600; cursor: pointer;
    border: 1px solid currentColor; border-radius: .4rem; background: none; color: inherit; }
  :where(.amo-contact :is(input, textarea, button):focus-visible) { outline: 2px solid currentColor; outline-offset: 2px; }
  :where(.amo-contact [role="status"]:empty) { display: none; }
  @media (min-width: 34rem) { :where(.amo-contact) { grid-template-columns: 1fr 1fr; }
    :where(.amo-contact > .wide) { grid-column: 1 / -1; } }`);
document.adoptedStyleSheets.push(shape);
const { words, base } = crm;
const form = document.createElement("form");
form.className = "amo-contact";

function field(name, label, type, needed) {
  const wrap = document.createElement("label");
  const input = document.createElement(type === "area" ? "textarea" : "input");
  if (type !== "area") input.type = type;
  Object.assign(input, { name, required: needed, maxLength: type === "area" ? 20000 : 200 });
  const said = document.createElement("span");
  said.textContent = needed ? `${label} *` : label;
  wrap.append(said, input);
  const row = document.createElement("p");
  if (type === "area") row.className = "wide";
  row.append(wrap);
  form.append(row);
}
field("first_name", words.first, "text", true);
field("last_name", words.last, "text", false);
field("email", words.email, "email", true);
field("company_name", words.company, "text", false);
field("phone", words.phone, "tel", false);
field("message", words.message, "area", false);
const button = Object.assign(document.createElement("button"), { textContent: words.send });
const state = document.createElement("p");
state.className = "wide";
state.setAttribute("role", "status");
form.append(button, state);
here.after(form);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  state.textContent = words.sending;
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  try {
    const answer = await fetch(`${base}/api/v1/intake/contact`, {
      method: "POST", body: JSON.stringify(given), headers: { "Content-Type": "application/json" },
    });
    const said = await answer.json();
    if (answer.ok) { form.replaceChildren(state); state.textContent = words.thanks; return; }
    state.textContent = said.errors?.map((each) => each.message).join(" ") || said.detail || words.failed;
  } catch {
    state.textContent = words.failed;
  }
  button.disabled = false;
});
