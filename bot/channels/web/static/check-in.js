/* Checking in at a meeting without an app. What was pressed is kept on the phone first and sent
   until the server has it, so a hall without network loses nothing; one phone is in once. */
"use strict";

(() => {
  const texts = JSON.parse(document.getElementById("texts").textContent);
  const meeting = JSON.parse(document.getElementById("meeting").textContent);
  const at = (id) => document.getElementById(id);
  const FIRST = 2000, SLOWEST = 60000; // ms between two tries
  const PATIENCE = 20000; // ms for an answer; sent again, it still counts once
  const memory = {}; // a browser that keeps nothing still works while the page is open
  let pause = FIRST, timer = 0, sending = false;

  const store = {
    get(name) { try { return localStorage.getItem(name) || memory[name]; } catch { return memory[name]; } },
    set(name, value) { memory[name] = value; try { localStorage.setItem(name, value); } catch { /* kept above */ } },
    drop(name) { delete memory[name]; try { localStorage.removeItem(name); } catch { /* nothing there */ } },
  };

  function client() {
    let kept = store.get("vongtay:check-in:me");
    if (!kept) {
      kept = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
      store.set("vongtay:check-in:me", kept);
    }
    return kept;
  }

  const waiting = `vongtay:check-in:${meeting.code}`;
  const done = `${waiting}:done`;

  function say(text, wrong) {
    at("says").textContent = text;
    at("says").classList.toggle("wrong", Boolean(wrong));
  }

  function fill(select, options, chosen) {
    for (const [value, label] of options) select.append(new Option(label, value, false, value === chosen));
  }

  function show() {
    at("about").textContent = meeting.about;
    const kept = store.get(done);
    if (kept) return say(kept);
    if (meeting.why) return store.get(waiting) ? undefined : say(meeting.why, true);
    fill(at("group"), meeting.groups, meeting.groups[0][0]);
    fill(at("village"), [...meeting.villages, ["", texts.checkin_elsewhere]], meeting.village);
    const asked = () => { at("unit-label").hidden = !meeting.units.includes(at("group").value); };
    at("group").addEventListener("change", asked);
    asked();
    at("form").hidden = Boolean(store.get(waiting));
  }

  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const unit = at("unit-label").hidden ? "" : at("unit").value.trim();
    const said = {
      client: client(), group: at("group").value, village: at("village").value, unit,
      at: new Date().toISOString(), stamp: meeting.stamp, me: meeting.me || "",
    };
    store.set(waiting, JSON.stringify(said));
    at("form").hidden = true;
    pause = FIRST;
    send();
  });

  async function send() {
    const kept = store.get(waiting);
    if (!kept || sending) return;
    sending = true;
    clearTimeout(timer);
    say(navigator.onLine ? texts.checkin_kept : texts.checkin_offline);
    const aborter = self.AbortController ? new AbortController() : { abort() {} };
    const given = setTimeout(() => aborter.abort(), PATIENCE);
    try {
      const answer = await fetch(`/c/${meeting.code}`, {
        method: "POST", body: kept, cache: "no-store", credentials: "omit", signal: aborter.signal,
        headers: { "Content-Type": "application/json", "X-Requested-With": "vongtay" },
      });
      const told = await answer.json();
      if (answer.ok && told.ok) {
        store.set(done, told.says);
        store.drop(waiting);
        return say(told.says);
      }
      if (answer.status < 500 && answer.status !== 429 && told.error) { // said no, for good
        store.drop(waiting);
        at("form").hidden = Boolean(meeting.why) || answer.status === 410;
        return say(told.error, true);
      }
      say(texts.checkin_busy);
    } catch {
      say(texts.checkin_offline);
    } finally {
      sending = false;
      clearTimeout(given);
    }
    timer = setTimeout(send, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, SLOWEST);
  }

  show();
  send();
  addEventListener("online", () => { pause = FIRST; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
})();
