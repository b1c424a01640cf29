// Keeps the page live and its forms from reloading it. Everything here also works without it, only less smoothly.
"use strict";

const say = (words) => { const place = document.getElementById("say"); if (place) place.textContent = words; };
const thread = () => document.getElementById("thread");
const scroller = () => document.querySelector(".talk");
const toEnd = () => { const box = scroller(); if (box) box.scrollTop = box.scrollHeight; };
const nearEnd = () => { const box = scroller(); return !!box && box.scrollHeight - box.scrollTop - box.clientHeight < 120; };

// The server writes UTC; the reader lives elsewhere.
function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    time.title = at.toLocaleString();
  }
}

// Takes over a list entry by entry, so that what is being read, selected or announced stays where it is.
function takeOver(now, next) {
  const keyed = [...next.children].every((child) => child.id && child.dataset.mark);
  if (!keyed || now.id !== "thread") {
    if (now.dataset.seen !== next.innerHTML) {
      now.dataset.seen = next.innerHTML;
      now.replaceChildren(...next.childNodes);
      localTimes(now);
    }
    return;
  }
  const wanted = new Set([...next.children].map((child) => child.id));
  for (const child of [...now.children]) if (!wanted.has(child.id)) child.remove();
  for (const child of [...next.children]) {
    const old = document.getElementById(child.id);
    if (old && old.dataset.mark === child.dataset.mark) continue;
    localTimes(child);
    if (!old) now.append(child);
    else if (old.className === child.className && !old.querySelector(".coming")) {
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
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
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
    // No clipboard here (plain http from another machine): select the code, so that one key copies it.
    const range = document.createRange();
    range.selectNodeContents(code || button);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    copied = document.execCommand("copy");
  }
  button.classList.toggle("done", copied);
  say(copied ? "Code copied." : "The code is selected.");
}

document.addEventListener("submit", submit);
document.addEventListener("click", copy);
document.addEventListener("visibilitychange", () => { if (!document.hidden && stale) refresh(); });
localTimes(document);
toEnd();
requestAnimationFrame(() => thread()?.classList.add("ready"));
const events = new EventSource("/events");
events.addEventListener("change", refresh);
events.addEventListener("open", refresh);
