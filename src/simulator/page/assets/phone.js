// Keeps the page live and its forms from reloading it. Everything here also works without it, only less smoothly.
"use strict";

const say = (words) => { const place = document.getElementById("say"); if (place) place.textContent = words; };
const scroller = () => document.querySelector(".talk");
// The box is laid out from its end (so that it starts there without a script too): its end is 0, and up is negative.
const toEnd = () => { const box = scroller(); if (box) box.scrollTop = 0; };
const nearEnd = () => { const box = scroller(); return !!box && box.scrollTop > -120; };

// The server writes UTC; the reader lives elsewhere.
function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    time.title = at.toLocaleString();
  }
}

// What the server last said of each live place, before times were made local.
const seen = new WeakMap();
for (const place of document.querySelectorAll("[data-live]")) seen.set(place, place.innerHTML);

// Takes over a list entry by entry, so that what is being read, selected or announced stays where it is.
function takeOver(now, next) {
  const keyed = [...next.children].every((child) => child.id && child.dataset.mark);
  if (!keyed || now.id !== "thread") {
    if (seen.get(now) === next.innerHTML) return;
    seen.set(now, next.innerHTML);
    const focused = now.contains(document.activeElement) && document.activeElement.getAttribute("href");
    now.replaceChildren(...next.childNodes);
    localTimes(now);
    if (focused) now.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    return;
  }
  const wanted = new Set([...next.children].map((child) => child.id));
  for (const child of [...now.children]) if (!wanted.has(child.id)) child.remove();
  for (const child of [...next.children]) {
    const old = document.getElementById(child.id);
    if (old && old.dataset.mark === child.dataset.mark) continue;
    localTimes(child);
    child.classList.toggle("new", !old);
    if (!old) now.append(child);
    else if (old.classList[0] === child.classList[0] && !old.querySelector(".coming")) {
      // Only the ticks moved on.
      const [from, to] = [child.querySelector(".ticks"), old.querySelector(".ticks")];
      if (from && to) to.replaceWith(from);
      old.dataset.mark = child.dataset.mark;
    } else old.replaceWith(child);
  }
}

let fetching = false;
let stale = false;
async function refresh() {
  // A chat that nobody looks at is not read.
  if (document.hidden || fetching) { stale = true; return; }
  fetching = true;
  stale = false;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const follow = nearEnd();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const now of document.querySelectorAll("[data-live]")) {
        const next = page.getElementById(now.id);
        if (next) takeOver(now, document.adoptNode(next));
      }
      if (follow) toEnd();
    }
  } catch { /* The stream reconnects by itself, and the next change asks again. */ }
  fetching = false;
  if (stale && !document.hidden) refresh();
}

async function submit(event) {
  const form = event.target.closest("form.send");
  if (!form) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body });
  } catch {
    say("The simulator does not answer.");
    return;
  }
  if (!answer.ok) { say("That was refused."); form.submit(); return; }
  if (form.classList.contains("write")) form.reset();
  await refresh();
  toEnd();
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.closest("li").querySelector(".code");
  let copied = false;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    copied = true;
  } catch {
    // No clipboard here (plain http from another machine, or refused): select the code, so that one key copies it.
    const range = document.createRange();
    range.selectNodeContents(code || button);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    copied = document.execCommand("copy");
  }
  say(copied ? "Code copied." : "The code is selected.");
  if (!copied) return;
  // For two seconds the button says so itself.
  const show = (done) => {
    button.classList.toggle("done", done);
    for (const part of button.children) part.toggleAttribute("hidden", part.matches(".copied") !== done);
  };
  show(true);
  setTimeout(show, 2000, false);
}

document.addEventListener("submit", submit);
document.addEventListener("click", copy);
document.addEventListener("visibilitychange", () => { if (!document.hidden && stale) refresh(); });
localTimes(document);
toEnd();
const events = new EventSource("/events");
events.addEventListener("change", refresh);
events.addEventListener("open", refresh);
