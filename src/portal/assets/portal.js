// Counts the times on the page on, once a second. Without it they stand as the server wrote them.
// The wording repeats src/portal/moment.rs.
"use strict";

function relative(seconds) {
  if (seconds === 0) return "now";
  const distance = Math.abs(seconds);
  let amount;
  if (distance < 120) amount = distance + " s";
  else if (distance < 7200) amount = Math.floor(distance / 60) + " min";
  else if (distance < 172800) amount = Math.floor(distance / 3600) + " h";
  else amount = Math.floor(distance / 86400) + " days";
  return seconds > 0 ? "in " + amount : amount + " ago";
}

function tick() {
  const now = Math.floor(Date.now() / 1000);
  for (const time of document.querySelectorAll("time[data-epoch]")) {
    const text = relative(Number(time.dataset.epoch) - now);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const bar of document.querySelectorAll("progress[data-ends]")) {
    bar.value = Math.max(0, Number(bar.dataset.ends) - now);
  }
}

if (document.querySelector("time[data-epoch]")) {
  tick();
  setInterval(tick, 1000);
}

// What was just done is the first thing read out, with the page still at its top.
document.querySelector("#latest")?.focus({ preventScroll: true });

// A second press while the first is on its way would only do the same again.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
});
