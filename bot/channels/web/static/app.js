/* The page: puts the parts together. */
"use strict";

const MOST = 10000; // characters in one message
const VISIBLE = /[^\s\u00ad\u200b-\u200f\u2060\ufeff]/; // some keyboards leave what nobody sees
const COUNT_FROM = 4000;
const ESCAPE_TWICE = 800; // ms
const TAPS_BACK = 3;
const ONE_RELOAD = 300000; // ms
const MOST_ALARMS = 60; // as many as messages are kept on the phone
const NEWS_SETTLE = 200; // ms; what another tab hears one after the other is asked for at once

const script = document.currentScript.src; // tells the version that extras.js must have too

function load(name) {
  return new Promise((resolve, reject) => {
    const more = element("script");
    more.src = script.replace("app.js", name);
    more.onload = resolve;
    more.onerror = reject;
    document.head.appendChild(more);
  });
}

(async () => {
  const at = (id) => document.getElementById(id);
  const on = (id, event, act) => at(id).addEventListener(event, act);
  const texts = JSON.parse(at("texts").textContent);
  const language = document.documentElement.lang;
  const locale = language === "en" ? "en-GB" : language; // 24 hours, the day before the month
  const base = new URL(".", location.href).pathname; // the same page lives at several addresses
  const hidden = () => location.hash === "#n"; // by a quick hide; see index.html

  const session = createNotes(base, () => sessionStorage);
  const draft = createDraft(base, session);

  const store = await openStore(`vongtay:${base}`);

  // The other tabs of this chat.
  const tabs = self.BroadcastChannel && new BroadcastChannel(`vongtay:${base}`);
  const tell = (word) => tabs && tabs.postMessage(word);

  // -- connection

  let state = "connecting";
  let stateTimer = 0;

  function showState(next) {
    if (state === "signed_out" || (state === "online" && next === "online")) return;
    const back = next === "online" && !["connecting", "slow"].includes(state);
    const lasting = store.volatile ? texts.volatile : "";
    const says = next === "slow" && lasting ? lasting : texts[next]; // nothing false of being kept
    state = next;
    at("log").setAttribute("aria-busy", "false"); // from now on new messages are read out
    at("state").className = next;
    at("state").textContent = next !== "online" ? says : back ? texts.online_again : lasting;
    clearTimeout(stateTimer);
    if (back) stateTimer = setTimeout(() => { at("state").textContent = lasting; }, 4000);
  }

  let slow = false; // what the server answers elsewhere says nothing of what is being sent

  const up = () => slow || showState("online");

  async function down(status) {
    showState(status ? "server_busy" : "offline");
    if ((await store.unsent()).length) sendWhenClosed();
  }

  /* The server does not know this browser any more: what it told us must not stay readable. A
     reload signs in anew; if that has not helped, another would not either. */
  async function signedOut() {
    await Promise.all([store.forget(), emptyTray()]);
    if (Date.now() - session.get("reloaded") < ONE_RELOAD) {
      showState("signed_out");
      return;
    }
    session.set("reloaded", Date.now());
    if (navigator.cookieEnabled && session.get("reloaded")) {
      draft.drop();
      location.reload();
    } else {
      withoutCookies(); // we would not know that we had reloaded, and do so for ever
    }
  }

  function withoutCookies() {
    if (state === "signed_out") return;
    showState("signed_out");
    at("state").textContent = `${texts.no_cookies} `;
    at("state").append(element("a", "hotline", "111", { href: "tel:111" }));
  }

  // -- the parts

  const queue = createQueue(store, base, {
    sent(item, n) {
      up();
      thread.sent(item.id, n);
      if (item.files) store.letGo(item.id);
      live.check(2000); // in case the answer gets lost on the way
    },
    refused(item) {
      up();
      thread.refused(item);
    },
    slow(yes) {
      slow = yes;
      if (yes) showState("slow");
    },
    trouble: down,
    signedOut,
  });

  const dealt = createNotes(base, () => localStorage);
  const dealtWith = () => dealt.get("dealt").split(" "); // the numbers of alarms

  const thread = createThread(texts, locale, {
    press: ({ value, label }) => send({ value, label }),
    edit(item) {
      text.value = [item.text, text.value].filter(Boolean).join("\n");
      discard(item);
      written();
    },
    discard,
    dealtWith: (n) => dealt.set("dealt", dealtWith().concat(n).slice(-MOST_ALARMS).join(" ")),
    isDealtWith: (n) => dealtWith().includes(String(n)),
  });

  async function discard(item) {
    await store.remove(item.seq);
    if (item.files) store.letGo(item.id);
    thread.drop(item.id);
    text.focus();
  }

  const alarm = createAlarm(texts.urgent);
  let last = 0; // the number of the last message taken

  const live = createLive(base, {
    last: () => last,
    take(messages, arriving) {
      if (hidden()) return;
      const news = messages.filter((message) => message.n > last);
      news.forEach((message) => {
        last = message.n;
        thread.show(message, arriving);
        if (arriving && message.urgent && message.from !== "me") alarm.ring();
      });
      store.keep(news);
      settle(news);
      if (!arriving && !messages.length) greet();
    },
    asked: () => reconcile(true),
    forget() {
      last = 0;
      store.forget();
      emptyTray();
      thread.clear(false);
      dropBegun();
    },
    up,
    down,
    /* The words of the page come from the server, so another language is another page. */
    language(now) {
      if (now === language) {
        session.set("translated", "");
      } else if (session.get("translated") !== now && at("tray").hidden) {
        session.set("translated", now);
        location.reload();
      }
    },
    signedOut,
    tell,
  });

  // -- sending

  let line = Promise.resolve(); // what is on its way into the queue, in the order of the presses

  function inLine(step) {
    line = line.then(step, step);
    return line;
  }

  async function put(fields) {
    const item = await queue.add(fields);
    if (!hidden()) thread.showUnsent(item);
    if (store.volatile) problem(texts.volatile);
    else if (item.files) store.letGo(item.id); // it is in the queue now
  }

  function send(fields) {
    problem("");
    return inLine(() => put(fields));
  }

  let invited = false; // by the address

  /* The first visit: the bot speaks first. */
  async function greet() {
    if (!invited && !(await store.unsent()).length) queue.add({ text: "/start" });
  }

  /* An invitation code in the address is used once, and does not stay in the address bar. */
  async function useInvitation() {
    const code = (new URLSearchParams(location.search).get("start") || "").trim().slice(0, 64);
    invited = Boolean(code);
    if (invited) await queue.add({ text: `/start ${code}` });
    if (location.search) history.replaceState(null, "", base);
  }

  let persistent = false;

  /* Asks the phone not to throw away what waits here, and to send it even when we are closed. */
  async function sendWhenClosed() {
    if (!persistent && navigator.storage && navigator.storage.persist) navigator.storage.persist();
    persistent = true; // asked once: some browsers put the question to the person
    if (!navigator.serviceWorker || !self.SyncManager) return;
    const registration = await navigator.serviceWorker.ready;
    registration.sync.register("outbox").catch(() => {}); // forbidden? Then it goes on the next visit
  }

  /* What the server shows as ours it has, though its answer was lost: it is not sent again. */
  async function settle(messages) {
    const known = messages.filter(({ from }) => from === "me").map(({ id }) => id);
    const sent = known.length ? (await store.unsent()).filter(({ id }) => known.includes(id)) : [];
    sent.forEach((item) => {
      store.remove(item.seq).catch(() => {});
      if (item.files) store.letGo(item.id);
    });
  }

  /* Shows what the service worker was told while we were frozen. What waits here, but is neither
     on the phone any more nor with the server (`asked`), was thrown away by the browser: it goes
     into the line again, under its own id. Nothing counts as sent before the server says so. */
  async function reconcile(asked) {
    const unsent = await store.unsent();
    if (store.blind) return;
    thread.waiting().forEach((item) => {
      const kept = unsent.find((other) => other.id === item.id);
      if (kept && kept.refused !== undefined) thread.refused(kept);
      else if (!kept && asked) queue.add(item);
    });
  }

  // -- writing

  const text = at("text");
  const suggest = createSuggest(texts, base, {
    text,
    list: at("suggestions"),
    status: at("suggested"),
    choose(one) {
      text.value = "";
      written();
      send(one);
      text.focus();
    },
  });
  const number = new Intl.NumberFormat(locale);
  // With a mouse there is a keyboard; on a touch screen Enter is the only way to a new line.
  const enterSends = matchMedia("(hover: hover) and (pointer: fine)").matches;

  function problem(sentence) {
    at("problem").textContent = sentence;
  }

  function written() {
    const length = text.value.length;
    const over = length > MOST;
    const holes = { count: number.format(length), most: number.format(MOST) };
    draft.keep(unsaid.concat(text.value).filter(Boolean).join("\n"));
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + text.offsetHeight - text.clientHeight}px`;
    at("count").hidden = length <= COUNT_FROM;
    at("count").className = over ? "over" : "";
    at("count").textContent = fill(over ? texts.too_long : texts.count, holes);
  }

  let begun = ""; // what was typed before this page was opened

  /* It may have been somebody else; what was typed since was not. */
  function dropBegun() {
    if (text.value === begun) text.value = "";
    draft.drop();
    written();
  }

  const unsaid = []; // what was written and sent, and is not yet in the queue

  /* A photo or voice note that waits in the tray goes first: it is what the words are about. */
  function sendWritten() {
    const words = VISIBLE.test(text.value) ? text.value.trim() : "";
    if (text.value.length > MOST) {
      problem(at("count").textContent); // read out, too
      return;
    }
    suggest.close();
    problem("");
    if (words) unsaid.push(words);
    text.value = "";
    written();
    inLine(async () => {
      const made = extras && (await extras.catch(() => null));
      const along = made && (await made.take());
      if (along) await put(along);
      if (!words) return;
      await put({ text: words });
      unsaid.shift();
      written(); // only now is the draft no longer needed
    });
  }

  on("text", "input", written);
  on("text", "focus", () => at("app").classList.add("typing")); // see app.css
  on("text", "blur", () => at("app").classList.remove("typing"));
  on("text", "keydown", (event) => {
    // While a Vietnamese keyboard is composing a letter, Enter belongs to it.
    const composing = event.isComposing || event.keyCode === 229;
    if (!enterSends || event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    sendWritten();
  });
  on("composer", "submit", (event) => {
    event.preventDefault();
    sendWritten();
    text.focus();
  });

  // -- extras

  let extras = null;

  async function withExtras(act) {
    problem("");
    const make = () => createExtras(base, texts, locale, {
      send, problem, signedOutHere, hold: store.hold, letGo: store.letGo,
    });
    extras = extras || load("extras.js").then(make);
    const made = await extras.catch(() => null);
    if (made) {
      await act(made);
    } else {
      extras = null; // so that the next press tries again
      problem(texts.needs_network);
    }
  }

  let showing = Promise.resolve();

  /* What was looked at in the tray when the phone closed the page; not what is in the queue already. */
  async function showHeld(others) {
    const held = await store.held();
    const known = (item) => others.some(({ id }) => id === item.id);
    held.filter(known).forEach(({ id }) => store.letGo(id));
    const item = held.find((one) => !known(one));
    if (item) await withExtras((made) => made.again(item));
  }

  /* Nobody who is not meant to finds it: after a quick hide, or at the end of the session. */
  function emptyTray() {
    const closed = showing.then(() => extras && extras.then((made) => made.close(), () => {}));
    closed.then(() => store.letGo()); // what was recorded until then, too
    return store.letGo();
  }

  async function signedOutHere() {
    await Promise.all([store.forget(), emptyTray()]);
    draft.drop();
    location.reload();
  }

  on("photo", "change", async (event) => {
    const file = event.target.files[0];
    if (file) await withExtras((made) => made.photo(file));
    event.target.value = ""; // so that the same photo can be chosen again
  });
  /* A picture that is pasted or dropped is a photo like any other; without this, a dropped one
     would take the place of the page. */
  function pictured(event, from) {
    const files = Array.from((from && from.files) || []);
    if (!files.length || hidden()) return;
    event.preventDefault();
    const photo = files.find(({ type }) => type.startsWith("image/"));
    if (photo && at("tray").hidden) withExtras((made) => made.photo(photo));
    else problem(photo ? texts.tray_full : texts.refused_file);
  }
  on("text", "paste", (event) => {
    const words = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!words) pictured(event, event.clipboardData); // what is copied from a letter has both
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => pictured(event, event.dataTransfer));
  at("voice").hidden = !(navigator.mediaDevices && self.MediaRecorder && MediaRecorder.isTypeSupported);
  let permitting = false; // while the browser asks for permission; disabled, it would lose the focus
  on("voice", "click", async () => {
    if (permitting) return;
    permitting = true;
    await withExtras((made) => made.voice());
    permitting = false;
  });
  at("place").hidden = !(navigator.geolocation && self.isSecureContext);
  on("place", "click", () => withExtras((made) => made.place()));
  on("menu-devices", "click", () => {
    showMenu(false);
    withExtras((made) => made.devices());
  });

  // -- menu

  function showMenu(shown) {
    if (!shown && at("menu").contains(document.activeElement)) at("menu-button").focus();
    at("menu").hidden = !shown;
    at("menu-button").setAttribute("aria-expanded", String(shown));
  }

  const outside = (node) => node && !at("more").contains(node);
  document.addEventListener("click", (event) => outside(event.target) && showMenu(false));
  on("more", "focusout", (event) => outside(event.relatedTarget) && showMenu(false));
  on("menu-button", "click", () => showMenu(at("menu").hidden));
  on("menu-language", "click", () => {
    showMenu(false);
    send({ text: "/ngonngu" });
  });

  // -- quick hide

  let disguised = false;

  /* From here on a page of notes. What is not yet sent stays in the queue, unseen: a call for help
     must still go out. */
  function disguise() {
    disguised = true;
    live.stop();
    alarm.quiet();
    document.title = texts.note_title;
    document.querySelector("link[rel=icon]").href = "data:,";
    document.querySelector("meta[name=theme-color]").content = "#ffffff";
  }

  function hide(event) {
    if (event) event.preventDefault();
    hideHere();
    tell("hide"); // who looks over the shoulder sees the other tabs too
  }

  function hideHere() {
    location.replace("#n"); // replaced, so that Back does not lead here
    disguise();
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    showMenu(false);
    emptyTray();
    thread.clear(true);
    store.forget();
    suggest.close();
    text.value = "";
    written();
    draft.drop(); // another tab's, too
  }

  on("hide", "click", hide);
  on("menu-hide", "click", hide);

  // By its address it would add to the history, and Back after a quick hide lead to the conversation.
  on("skip", "click", (event) => {
    event.preventDefault();
    text.focus();
  });

  let escapedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || hidden()) return;
    if (Date.now() - escapedAt < ESCAPE_TWICE) hide();
    escapedAt = Date.now();
    if (!at("menu").hidden) at("menu-button").focus();
    showMenu(false);
  });

  let taps = [];
  on("note-title", "click", () => {
    taps = taps.concat(Date.now()).filter((tap) => Date.now() - tap < 2000);
    if (taps.length >= TAPS_BACK) location.replace(base);
  });
  window.addEventListener("hashchange", () => disguised && !hidden() && location.reload());

  // -- start

  function wake() {
    queue.kick();
    reconcile();
    live.check(0);
  }

  window.addEventListener("online", wake);
  window.addEventListener("offline", () => down(0));
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState === "visible") wake();
    else if ((await store.unsent()).length) sendWhenClosed();
  });

  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(`${base}sw.js`, { scope: base }).catch(() => {});
    navigator.serviceWorker.addEventListener("message", wake); // it has sent something for us
  }

  function heard({ data }) {
    if (hidden()) return;
    if (data === "news") live.check(NEWS_SETTLE);
    if (data === "hide") hideHere();
  }

  if (tabs) tabs.onmessage = heard;

  if (hidden()) {
    disguise();
    queue.kick();
    return;
  }
  const [seen, unsent] = await Promise.all([store.messages(), store.unsent()]);
  seen.forEach((message) => {
    thread.show(message, false);
    last = message.n;
  });
  settle(seen);
  unsent.forEach(thread.showUnsent);
  begun = draft.begun();
  text.value = text.value || begun; // some write before we are ready
  written();
  at("send").disabled = false;
  showing = showHeld(seen.concat(unsent));
  await useInvitation();
  queue.kick();
  live.start();
})();
