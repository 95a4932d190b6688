// Pages that stay up to date. Hints come as server-sent events: they say that something changed, never what, and the
// parts of the page that show it ask for themselves anew. Tabs of one browser share one stream where the browser can.
import { startMerging } from "./merging.js";

const GATHER = 300; // hints within so many milliseconds are answered once
const SPREAD = 200; // not every page asks in the same moment
const QUIET = 10_000; // so long a stream may be away before anybody is told
const KEPT = 200;
// While very much changes, as in an import, a part that has just been shown anew so often rests before it is again.
const OFTEN = 5;
const WITHIN = 10_000;
const REST = 5000;

const { liveUrl: url, csrf = "" } = document.body.dataset;
let last = Number(document.body.dataset.liveAfter ?? 0);
let down = null;

// -- the parts of the page

const concerns = (part, data) => part.dataset.live.split(" ").some((wish) => {
  const [topic, id] = wish.split(":");
  const ids = [data.client_id, data.deal_id, data.conversation_id, data.id].filter(Boolean);
  return topic === data.topic && (!id || !ids.length || ids.includes(id));
});

// What somebody is at is left alone until they are through: a menu, a dialog, a drag, words half typed.
function isBusy(part) {
  const typing = [...part.querySelectorAll("input, textarea, select")].some((field) => field === document.activeElement
    || (field.type !== "hidden" && "defaultValue" in field && !field.matches("[type=checkbox], [type=radio]") && field.value !== field.defaultValue));
  return typing || Boolean(part.querySelector("details[open]:not([data-idle]), .sortable-chosen, .sortable-drag"))
    || part.dataset.moving > 0 || Boolean(document.querySelector("dialog[open]:not(#palette, #keys)"));
}

const shown = new WeakMap();

function rests(part) {
  const times = (shown.get(part) ?? []).filter((time) => performance.now() - time < WITHIN);
  shown.set(part, times);
  return times.length >= OFTEN && performance.now() - times.at(-1) < REST;
}

const waiting = new Set();
let timer = null;

function refresh(parts) {
  for (const part of parts) waiting.add(part);
  if (waiting.size) timer ??= setTimeout(flush, GATHER + Math.random() * SPREAD);
}

function flush() {
  timer = null;
  for (const part of [...waiting]) {
    if (!part.isConnected) waiting.delete(part);
    else if (!isBusy(part) && !rests(part)) {
      waiting.delete(part);
      shown.get(part).push(performance.now());
      htmx.trigger(part, "live");
    }
  }
  if (waiting.size) timer = setTimeout(flush, 1000);
}

const all = () => [...document.querySelectorAll("[data-live]")];

function hear({ type, id, data }) {
  if (id <= last && type !== "gap") return;
  last = Math.max(last, id);
  if (type === "gap") refresh(all().filter((part) => !("onlyNew" in part.dataset)));
  else refresh(all().filter((part) => concerns(part, data)));
}

function show(isUp) {
  const note = document.getElementById("live-state");
  if (!isUp) {
    down ??= setTimeout(() => { note.textContent = note.dataset.down; }, QUIET);
    return;
  }
  clearTimeout(down);
  down = null;
  note.textContent = "";
}

// -- the stream

function stream(tell, state) {
  let pause = 2000;
  let source = null;
  const connect = () => {
    source = new EventSource(`${url}?after=${last}`, { withCredentials: true });
    source.onopen = () => { pause = 2000; state(true); };
    source.addEventListener("change", (event) => tell({ type: "change", id: Number(event.lastEventId), data: JSON.parse(event.data) }));
    source.addEventListener("gap", (event) => tell({ type: "gap", id: Number(event.lastEventId), data: {} }));
    source.onerror = () => {
      state(false);
      // The browser comes back by itself unless it was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 60_000);
    };
  };
  connect();
  addEventListener("pagehide", () => source.close());
}

// One tab holds the lock and the stream and tells the others; when it goes, another one takes over from where it is.
function shared() {
  const name = `crm-live-${csrf.slice(0, 16)}`;
  const channel = new BroadcastChannel(name);
  const recent = [];
  let leads = false;
  let isUp = true;
  let since = 0;
  channel.onmessage = ({ data: message }) => {
    if (message.type === "state") return show(message.isUp);
    if (message.type !== "hello") return hear(message);
    if (!leads) return;
    const reaches = recent.length < KEPT ? since : recent[0].id;
    if (message.id < reaches) channel.postMessage({ type: "gap", id: last, data: {} });
    for (const each of recent) if (each.id > message.id) channel.postMessage(each);
    channel.postMessage({ type: "state", isUp });
  };
  channel.postMessage({ type: "hello", id: last });
  navigator.locks.request(name, () => {
    leads = true;
    since = last;
    stream((message) => {
      recent.push(message);
      if (recent.length > KEPT) recent.shift();
      channel.postMessage(message);
      hear(message);
    }, (now) => {
      isUp = now;
      channel.postMessage({ type: "state", isUp });
      show(isUp);
    });
    return new Promise(() => {});
  });
}

export function startLive() {
  startMerging();
  if (!url || !window.EventSource) return;
  if (navigator.locks && window.BroadcastChannel) shared();
  else stream(hear, show);
}
