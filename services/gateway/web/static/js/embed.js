// On somebody else's page: a plain form where our script tag stands, in that page's own type and colours.
const here = document.currentScript;
const { words, base } = crm;
const form = document.createElement("form");
form.className = "amo-contact";

function field(name, label, type, needed) {
  const wrap = document.createElement("label");
  const input = document.createElement(type === "area" ? "textarea" : "input");
  if (type !== "area") input.type = type;
  Object.assign(input, { name, required: needed, maxLength: type === "area" ? 20000 : 200 });
  wrap.append(label, needed ? " *" : "", document.createElement("br"), input);
  const row = document.createElement("p");
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
