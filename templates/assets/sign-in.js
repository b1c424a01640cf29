// The script of the sign-in pages. Every page works without it; with it, pages answer sooner. It never decides:
// whatever it thinks of a number or a code, the server judges what is posted.
"use strict";
document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Clocks: every [data-left] runs down; at zero, what its [data-then] names is done.
  const ends = new Map();
  const then = {};
  const run = (clock, seconds) => ends.set(clock, Date.now() + seconds * 1000);
  const tick = () => {
    for (const [clock, end] of ends) {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      const text = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      if (clock.textContent !== text) clock.textContent = text;
      if (!left) {
        ends.delete(clock);
        then[clock.closest("[data-then]")?.dataset.then]?.();
      }
    }
  };
  // The button for a new code takes the place of its clock.
  const resend = (state) => all(".resend").forEach((part) => (part.className = "resend " + state));
  // So does that for another channel, where there is one.
  const other = (state, which = ".other") => all(which).forEach((part) => (part.className = "other " + state));
  then.resend = () => resend("now");
  then.other = () => other("now", ".other.in");
  all("[data-left]").forEach((clock) => run(clock, clock.dataset.left));
  setInterval(tick, 250);

  // A form goes once; again only after coming back to the page, or when no answer came.
  let sent = false;
  const fresh = () => {
    sent = false;
    all(".busy").forEach((button) => button.classList.remove("busy"));
  };
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) event.preventDefault();
    sent = true;
    event.submitter?.classList.add("busy");
    setTimeout(fresh, 10000);
  });
  addEventListener("pageshow", fresh);

  // An answer on its way back to the client sends itself.
  one("form[data-send]")?.requestSubmit();

  const say = (field, message) => {
    one("#error").textContent = message;
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };

  // The menu of languages closes like a menu.
  const menu = one(".menu");
  const close = (event) => {
    if (menu?.open && (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target)))) menu.open = false;
  };
  document.addEventListener("click", close);
  document.addEventListener("keydown", close);

  number(one("#number"));
  code(one("#step"));
  all("form").forEach(prove);

  // The number page.
  function number(form) {
    if (!form) return;
    const field = form.elements.phone;
    const select = one("select", form);
    const box = one(".number", form);
    const fixed = form.elements.country;
    const choices = (select ? [...select.options] : [fixed]).map((option) => {
      const [least, most, second] = option.dataset.n.split(" ").map(Number);
      return { iso: option.value, code: option.dataset.code || option.text.match(/\+(\d+)/)[1], least, most, second };
    });

    // The value of a digit of any script: blocks of digits start at …0 or …6.
    const digit = (c) => {
      const point = c.codePointAt(0), low = point & 15;
      return /\p{Nd}/u.test(String.fromCodePoint(point - low)) ? low : low - 6;
    };
    // What was typed as ASCII digits, with a + first if it names its country.
    const read = (text) => {
      const digits = (text.match(/\p{Nd}/gu) || []).map(digit).join("");
      return /^[^\p{Nd}]*[+＋]/u.test(text) ? "+" + digits : digits.replace(/^00/, "+");
    };
    // The country of what was typed and the rest of the digits. The longest code wins, and among those that share
    // one the chosen country, then the one it is known by.
    const place = (typed) => {
      const chosen = choices.find((choice) => choice.iso === form.elements.country.value);
      if (typed[0] !== "+") return [chosen, typed];
      const fits = choices.filter((choice) => typed.startsWith(choice.code, 1));
      fits.sort((a, b) => b.code.length - a.code.length || (b === chosen) - (a === chosen) || (a.second || 0) - (b.second || 0));
      return [fits[0], fits[0] ? typed.slice(1 + fits[0].code.length) : typed];
    };
    const judge = () => {
      const typed = read(field.value);
      const [country, rest] = place(typed);
      if (!typed) return field.value.trim() ? "" : "missing";
      if (!country) return typed.length > 4 ? "elsewhere" : "";
      if (rest.length < country.least) return "short";
      return rest.length > country.most ? "long" : "";
    };
    // The chosen country follows the number, and the closed select shows its flag and code.
    const face = () => {
      if (!select) return;
      const [flag, dial] = one(".face", form).children;
      const typed = read(field.value);
      const [country] = place(typed);
      if (country) select.value = country.iso;
      const letters = country && [...country.iso].map((letter) => 0x1f1a5 + letter.charCodeAt(0));
      flag.textContent = country ? String.fromCodePoint(...letters) : "🌐";
      // A number that names its country does not need the code twice.
      dial.textContent = typed[0] === "+" ? "" : "+" + country.code;
    };
    const look = () => {
      const typed = read(field.value);
      face();
      const wrong = judge();
      box.classList.toggle("right", typed !== "" && !wrong && /\d/.test(typed));
      if (!wrong) say(field, "");
    };

    if (select) {
      const known = () => choices.some((choice) => choice.iso === localStorage.country);
      // Storage may be forbidden; then nothing is remembered.
      try { if (!field.value && known()) select.value = localStorage.country; } catch {}
      select.addEventListener("change", () => {
        look();
        field.focus();
      });
    }
    face();
    field.setSelectionRange(60, 60);
    field.addEventListener("input", look);
    field.addEventListener("change", () => {
      look();
      const wrong = judge();
      if (wrong && wrong !== "missing") say(field, form.dataset[wrong]);
    });
    form.addEventListener("submit", (event) => {
      const wrong = judge();
      // Beside the wrong country a right number looks too long: the server says which country it was read for.
      // The next time this country stands there first.
      try { if (select?.value) localStorage.country = select.value; } catch {}
      if (!wrong || wrong === "elsewhere" || (wrong !== "missing" && select && read(field.value)[0] !== "+")) return;
      event.preventDefault();
      say(field, form.dataset[wrong]);
      field.focus();
    });
  }

  // Where a proof of work is asked for, a form waits for it and then goes by itself, unless somebody types.
  function prove(form) {
    const { challenge, nonce } = form.elements;
    if (!challenge) return;
    let goes = true;
    document.addEventListener("input", () => (goes = false));
    form.addEventListener("submit", (event) => {
      if (nonce.value) return;
      event.preventDefault();
      goes = true;
    });
    solve(challenge.value, (found) => {
      nonce.value = found;
      one("#proof").hidden = true;
      if (goes) form.requestSubmit(one(".button:last-child", form));
    });
  }

  // A proof of work: ten digits after the challenge so that the SHA-256 (FIPS 180-4) of both begins with zero bits, and
  // that as often as the challenge says. In slices, so that the page stays awake.
  function solve(challenge, done) {
    const [, bits, answers] = challenge.split(".");
    const found = [];
    const K = new Int32Array(64), start = new Int32Array(8), mid = new Int32Array(8), out = new Int32Array(8), w = new Int32Array(64);
    // What does not fit is cut off: fractions, whole parts, and all but the first eight roots.
    for (let n = 2, count = 0; count < 64; n++) {
      let d = 2;
      while (n % d) d++;
      if (d < n) continue;
      start[count] = n ** 0.5 * 2 ** 32;
      K[count++] = Math.cbrt(n) * 2 ** 32;
    }
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    const mix = (view, from, to) => {
      let a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5], g = from[6], h = from[7];
      for (let i = 0; i < 64; i++) {
        if (i < 16) w[i] = view.getInt32(4 * i);
        else {
          const x = w[i - 15], y = w[i - 2];
          w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
        }
        const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
      }
      to[0] = from[0] + a; to[1] = from[1] + b; to[2] = from[2] + c; to[3] = from[3] + d;
      to[4] = from[4] + e; to[5] = from[5] + f; to[6] = from[6] + g; to[7] = from[7] + h;
    };
    // The challenge fills one block, and with ten digits fits the second.
    const text = new TextEncoder().encode(challenge + "0".repeat(10));
    mix(new DataView(text.buffer), start, mid);
    const block = new Uint8Array(64), view = new DataView(block.buffer), end = text.length - 64;
    block.set(text.subarray(64));
    block[end] = 128;
    view.setInt32(60, text.length * 8);
    const slice = () => {
      const pause = Date.now() + 30;
      while (Date.now() < pause)
        for (let n = 0; n < 200; n++) {
          mix(view, mid, out);
          if (out[0] >>> (32 - bits) === 0 && found.push(String.fromCharCode(...block.subarray(end - 10, end))) == answers) return done(found.join("."));
          let i = end;
          while (++block[--i] > 57) block[i] = 48;
        }
      setTimeout(slice);
    };
    slice();
  }

  // The code page.
  function code(step) {
    if (!step) return;
    const { events, refresh, lost } = step.dataset;
    const field = one("#code");
    let now;
    let channel;
    let heard = false;
    // How often in a row our server could not be reached; the second time the person is told.
    let misses = 0;
    const source = window.EventSource && new EventSource(events);

    const apply = (told) => {
      now = told;
      reached(true);
      const title = one("h1");
      if (title.textContent !== told.title) document.title = title.textContent = told.title;
      all("#dots li").forEach((dot, index) => dot.classList.toggle("done", index < told.step));
      step.classList.toggle("failed", told.failed);
      step.dataset.offer = told.offer;
      resend(told.resend);
      other(told.other);
      all(".resend .wait [data-left]").forEach((clock) => run(clock, told.resend_in));
      all(".other [data-left]").forEach((clock) => run(clock, told.other_in));
      all("[data-then=reload] [data-left]").forEach((clock) => run(clock, told.expires_in));
      tick();
      // Another channel has hints and a button of its own.
      if (channel !== told.channel) return then.reload();
      if (told.final && source) source.close();
    };
    const isLost = () => misses > 1;
    const reached = (was) => {
      misses = was ? 0 : misses + 1;
      const text = isLost() ? lost : now.text;
      if (one("#told").textContent !== text) one("#told").textContent = text;
      step.classList.toggle("lost", isLost());
    };
    then.reload = () => location.replace(refresh);

    // Where events do not come through, the page itself is asked.
    const look = async () => {
      try {
        const answer = await fetch(refresh, { headers: { accept: "text/html" } });
        if (answer.status >= 500 || answer.status === 429) return reached(true);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const there = one("#step", page);
        if (!there) return location.replace(refresh);
        if (!one("#error").textContent) one("#tries").textContent = one("#tries", page).textContent;
        apply(JSON.parse(there.dataset.now));
        whole();
      } catch {
        reached(false);
      }
    };
    now = JSON.parse(step.dataset.now);
    channel = now.channel;
    source?.addEventListener("delivery", (event) => {
      heard = true;
      apply(JSON.parse(event.data));
      whole();
    });
    source?.addEventListener("error", () => source.readyState === 0 && reached(false));
    setInterval(() => {
      if (!document.hidden && (misses || (!now.final && (!heard || source.readyState === 2)))) look();
    }, 5000);

    // The code goes by itself when it is whole, and the server is there to take it.
    let tried = "";
    const whole = async () => {
      const digits = (field.value.match(/\p{Nd}/gu) || []).join("");
      if (isLost() || digits === tried || digits.length !== Number(field.dataset.length)) return;
      tried = digits;
      if (source?.readyState !== 1) {
        misses = 1;
        await look();
        if (isLost()) return (tried = "");
      }
      field.form.requestSubmit(one(".button", field.form));
    };
    field.addEventListener("input", () => {
      field.removeAttribute("aria-invalid");
      whole();
    });
    // Come back to, the page shows what was true when it was left.
    addEventListener("pageshow", (event) => {
      if (!event.persisted && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
      field.value = tried = "";
      look();
    });
  }
});
