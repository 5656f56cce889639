// All pages work without this. It keeps an open page in step with what devices send, and saves a click on filters.
"use strict";
(() => {
  const body = document.body;
  const note = document.querySelector(".live");

  const say = () => {
    const now = new Date().toLocaleTimeString(document.documentElement.lang, {hour: "2-digit", minute: "2-digit", second: "2-digit"});
    note.textContent = note.dataset.updated.replace("{0}", now);
    note.classList.add("shown");
    setTimeout(() => note.classList.remove("shown"), 4000);
  };

  // The same page once more, and what differs in it is put in place. A form that is being filled in is left alone.
  let running = false, again = false;
  const refresh = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, {credentials: "same-origin", cache: "no-store"});
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      let changed = 0;
      for (const old of document.querySelectorAll("[data-live]")) {
        const next = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
        if (!next || next.innerHTML === old.innerHTML) continue;
        if (old.contains(document.activeElement) && old.querySelector("form")) continue;
        old.innerHTML = next.innerHTML;
        old.classList.remove("changed");
        void old.offsetWidth;
        old.classList.add("changed");
        ++changed;
      }
      if (changed) { say(); dispatchEvent(new Event("refreshed")); }
    } catch { /* the line is down: the next event looks again */ } finally {
      running = false;
      if (again) { again = false; setTimeout(refresh, 300); }
    }
  };

  const listen = () => {
    const source = new EventSource(body.dataset.events);
    source.addEventListener("ready", () => body.classList.add("listening"));
    source.addEventListener("change", () => refresh());
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      body.classList.remove("listening");
      setTimeout(() => { refresh(); listen(); }, 30000);
    });
    addEventListener("pagehide", () => source.close(), {once: true});
  };
  if (body.dataset.events && document.querySelector("[data-live]")) listen();

  // In this order, and only where there is something to draw.
  if (document.querySelector("[data-columns]")) {
    for (const name of ["chart.min.js", "charts.js"]) {
      const script = document.createElement("script");
      script.async = false;
      script.src = `/assets/${name}`;
      document.head.append(script);
    }
  }

  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
    });
  }
  // How hard a new passphrase is to guess: the server knows.
  const meter = document.querySelector(".strength"), fresh = document.getElementById("new");
  if (meter && fresh) {
    let asked = 0;
    fresh.addEventListener("input", () => {
      const mine = ++asked;
      setTimeout(async () => {
        if (mine !== asked) return;
        const form = new URLSearchParams({token: fresh.form.elements.token.value, new: fresh.value});
        const answer = await fetch("/account/strength", {method: "POST", credentials: "same-origin", body: form});
        if (!answer.ok || mine !== asked) return;
        const [level, ...words] = (await answer.text()).split(" ");
        meter.hidden = false;
        meter.dataset.level = level;
        meter.lastElementChild.textContent = words.join(" ");
      }, 150);
    });
  }
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
