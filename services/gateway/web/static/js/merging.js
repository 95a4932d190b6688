// A part that shows itself anew keeps what stands: rows are known by their keys, come, go and move one by one, and who
// works in one of them with the keyboard stays there.
const listsOf = (root) => [...root.querySelectorAll("[data-merge-list]")];
const rowsOf = (list) => [...list.children].filter((row) => row.dataset.key);
const ends = (list) => ![...list.children].some((row) => !row.dataset.key);

// Where the focus was among what can have it, to be put back there.
function holdFocus(part) {
  const at = document.activeElement;
  if (!part.contains(at)) return () => {};
  const row = at.closest("[data-key]");
  const key = row?.dataset.key;
  const within = (place) => [...place.querySelectorAll("a, button, summary")];
  const index = within(row ?? part).indexOf(at);
  return () => {
    if (part.contains(document.activeElement)) return;
    const place = key ? part.querySelector(`[data-key="${key}"]`) : part;
    if (place) within(place)[index]?.focus();
  };
}

// The fresh rows are the list's first; what follows them was loaded by scrolling and stays.
function mergeList(list, fresh, moved) {
  const keys = new Set(rowsOf(fresh).map((row) => row.dataset.key));
  const old = new Map(rowsOf(list).map((row) => [row.dataset.key, row]));
  const lastKnown = rowsOf(list).map((row) => row.dataset.key).findLastIndex((key) => keys.has(key));
  rowsOf(list).forEach((row, at) => {
    if (!keys.has(row.dataset.key) && (ends(fresh) || at < lastKnown)) row.remove();
  });
  let place = list.firstElementChild;
  for (const row of rowsOf(fresh)) {
    const key = row.dataset.key;
    const known = old.get(key);
    if (known?.isEqualNode(row)) {
      if (known !== place) list.insertBefore(known, place);
      place = known.nextElementSibling;
      continue;
    }
    const made = document.adoptNode(row);
    if (!known && moved.has(key)) moved.set(key, made);
    list.insertBefore(made, place);
    if (known) {
      if (known === place) place = known.nextElementSibling;
      known.remove();
    }
    htmx.process(made);
  }
  // A list that was whole may go on now.
  const more = [...fresh.children].find((row) => !row.dataset.key);
  if (more && ends(list)) htmx.process(list.appendChild(document.adoptNode(more)));
}

// Take over what a part looks like now; false where its lists are not the same ones, so that it is to be put in whole.
function merge(part, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const lists = listsOf(fresh);
  const here = new Set(listsOf(part).map((list) => list.id));
  if (!lists.length || lists.length !== here.size || !lists.every((list) => here.has(list.id))) return false;
  const putBack = holdFocus(part);
  const moved = new Map();
  const home = new Map(rowsOfAll(part).map((row) => [row.dataset.key, row.parentElement.id]));
  for (const list of lists) {
    for (const row of rowsOf(list)) {
      const from = home.get(row.dataset.key);
      if (!from || from === list.id) continue;
      moved.set(row.dataset.key, null);
      rowsOf(document.getElementById(from)).find((known) => known.dataset.key === row.dataset.key)?.remove();
    }
  }
  for (const list of lists) mergeList(document.getElementById(list.id), list, moved);
  for (const piece of fresh.querySelectorAll("[data-merge-part]")) {
    const known = document.getElementById(piece.id);
    if (known && !known.isEqualNode(piece)) known.replaceWith(document.adoptNode(piece));
  }
  putBack();
  part.dispatchEvent(new CustomEvent("merged", { detail: { moved: [...moved.values()].filter(Boolean) } }));
  return true;
}

const rowsOfAll = (part) => listsOf(part).flatMap(rowsOf);

export function startMerging() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.requestConfig?.elt;
    if (!part?.matches?.("[data-live]") || part !== event.detail.target || !event.detail.shouldSwap) return;
    if ("merge" in part.dataset && merge(part, event.detail.xhr.responseText)) {
      event.detail.shouldSwap = false;
      return;
    }
    const putBack = holdFocus(part);
    part.addEventListener("htmx:afterSettle", putBack, { once: true });
  });
}
