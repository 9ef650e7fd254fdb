/* The thread: messages as bubbles, in the order of their numbers. Text goes in as text, never as
   markup. */
"use strict";

const PRESS_PAUSE = 700; // ms; cheap screens report one tap twice, and a jump moves the buttons
const LOW = 100; // pixels; in a thread so low the way to the newest message would hide it
const TOGETHER = 3000; // ms; what the bot says in so short a time is read as one
const ZONE = "Asia/Ho_Chi_Minh";
// The code of a case; a hotline standing alone: not the 111 of "111.000" or of "0111".
const MARKS = /VT-\d\d-[0-9A-Z]{6}|(^|[^\d.,])(11[1-5])(?![\d]|[.,]\d)/g;

function element(tag, name, text, properties) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return Object.assign(node, properties);
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const button = (name, text, onclick) => element("button", name, text, { type: "button", onclick });

/* An address that cannot run anything, or "". */
function safe(address) {
  try {
    const url = new URL(address, location.href);
    return ["http:", "https:", "blob:"].includes(url.protocol) ? url.href : "";
  } catch (error) {
    return "";
  }
}

const elsewhere = (name, text, url) =>
  element("a", name, text, { href: safe(url), target: "_blank", rel: "noopener" });

const fill = (sentence, holes) =>
  sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in holes ? holes[name] : hole));

/* `does` has press(button), edit(item), discard(item), and remembers alarms by their numbers:
   dealtWith(n), isDealtWith(n). */
function createThread(texts, locale, does) {
  const log = document.getElementById("log");
  const newest = document.getElementById("newest");
  const clock = new Intl.DateTimeFormat(locale, { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, {
    timeZone: ZONE, weekday: "long", day: "numeric", month: "long",
  });
  const spoken = { "/ngonngu": texts.language }; // commands that the page itself types
  let entries = []; // in the order shown: {n, id, at, mine, node, urgent, arrived, urls, item}
  let following = true;
  let followedTo = 0;
  let height = 0; // of the log when we last looked
  let pausedAt = 0;

  // -- one bubble

  /* Codes stay in one line; where it matters, hotlines are links. */
  function mark(node, text, hotlines) {
    let end = 0;
    text.replace(MARKS, (match, before, number, at) => {
      if (number && !hotlines) return;
      const marked = number
        ? element("a", "hotline", number, { href: `tel:${number}` })
        : element("span", "code", match);
      if (number) marked.setAttribute("aria-label", fill(texts.call_number, { number }));
      node.append(text.slice(end, at + (before || "").length), marked);
      end = at + match.length;
    });
    node.append(text.slice(end));
  }

  function drawFile({ kind, url }) {
    const src = safe(url);
    if (kind === "photo") {
      const link = elsewhere("photo", "", src);
      link.append(element("img", "", "", { alt: texts.photo_alt, loading: "lazy", src }));
      return link;
    }
    if (kind !== "voice") return elsewhere("link", texts.open_file, src);
    const sound = element("audio", "", "", { controls: true, preload: "none", src });
    sound.setAttribute("aria-label", texts.voice_note);
    return sound;
  }

  function drawCall({ number, label }) {
    const link = element("a", "call", "", { href: `tel:${number.replace(/[^\d+*#]/g, "")}` });
    const named = label || fill(texts.call_number, { number });
    link.append(icon("phone"), named.includes(number) ? named : `${number} · ${named}`);
    return link;
  }

  function drawLink({ label, url }) {
    const link = elsewhere("link", label || url, url);
    link.append(icon("open"));
    return link;
  }

  /* For a moment no button can be pressed. */
  function pause() {
    const now = Date.now();
    pausedAt = now;
    log.classList.add("paused");
    setTimeout(() => pausedAt === now && log.classList.remove("paused"), PRESS_PAUSE);
  }

  function press(choice, message) {
    if (Date.now() - pausedAt < PRESS_PAUSE) return;
    pause();
    if (message.urgent) does.dealtWith(message.n);
    does.press(choice);
    light();
  }

  function drawButtons(message) {
    const choices = element("div", "choices");
    const nav = element("div", "nav");
    for (const choice of message.buttons || []) {
      const made = button(choice.nav ? "" : "choice", "", () => press(choice, message));
      if (!choice.nav && !message.takes_digits) {
        made.append(element("span", "number", choices.childElementCount + 1), " ");
      }
      made.append(element("span", "", choice.label, { dir: "auto" }));
      (choice.nav ? nav : choices).append(made);
    }
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", texts.choices);
    return [choices, nav];
  }

  const saysSo = (text) => (text || "").toUpperCase().includes(texts.urgent.toUpperCase());

  function drawMessage(message) {
    const mine = message.from === "me";
    const urgent = message.urgent;
    const [files, calls, links] = [message.files || [], message.calls || [], message.links || []];
    const node = element("div", `msg ${mine ? "me" : "bot"}${urgent ? " urgent" : ""}`);
    const bubble = element("div", "bubble");
    bubble.append(element("span", "aside", mine ? texts.you_say : texts.bot_says));
    let text = message.text || message.label;
    if (urgent && !saysSo(text)) {
      const word = element("p", "word");
      word.append(icon("alert"), texts.urgent);
      bubble.append(word);
    }
    if (mine) text = spoken[text] || text || (files.length ? "" : texts.my_place);
    if (text) {
      const body = element("p", "text", "", { dir: "auto" });
      if (mine) body.textContent = text;
      else mark(body, text, calls.length || urgent);
      bubble.append(body);
    }
    const foot = element("p", "foot");
    const time = clock.format(new Date(message.at));
    foot.append(element("time", "", time, { dateTime: message.at }));
    bubble.append(...files.map(drawFile), foot);

    const numbers = calls.map(drawCall);
    const [choices, nav] = drawButtons(message);
    const addresses = links.filter(({ url }) => safe(url)).map(drawLink);
    if (urgent) node.append(bubble, ...numbers, ...addresses, choices, nav);
    else node.append(bubble, ...addresses, choices, ...numbers, nav);
    return node;
  }

  /* What became of an own message: waiting, sent or refused. */
  function drawState({ node }, state, item) {
    node.querySelectorAll(".state, .why").forEach((old) => old.remove());
    const mark = element("span", `state ${state}`);
    const picture = { waiting: "clock", sent: "check", refused: "alert" }[state];
    mark.append(icon(picture), element("span", state === "sent" ? "aside" : "", texts[state]));
    node.querySelector(".foot").append(mark);
    if (state !== "refused") return;
    const why = element("div", "why");
    why.append(item.refused || (item.refusedFile ? texts.refused_file : texts.refused_why), element("br"));
    if (item.text) why.append(button("", texts.edit, () => does.edit(item)));
    why.append(button("", texts.remove, () => does.discard(item)));
    node.append(why);
  }

  // -- the order of bubbles

  function drawDay(at) {
    const entry = entries[at];
    if (!entry) return;
    const today = day.format(new Date(entry.at));
    const before = at ? day.format(new Date(entries[at - 1].at)) : "";
    const drawn = entry.node.querySelector(".day");
    if (drawn) drawn.remove();
    if (today !== before) entry.node.insertBefore(element("p", "day", today), entry.node.firstChild);
  }

  function insert(entry) {
    let at = entries.length;
    while (at && entries[at - 1].n > entry.n) at -= 1;
    log.insertBefore(entry.node, entries[at] ? entries[at].node : null);
    entries.splice(at, 0, entry);
    drawDay(at);
    drawDay(at + 1);
  }

  function takeOut(entry) {
    const at = entries.indexOf(entry);
    entries.splice(at, 1);
    entry.node.remove();
    drawDay(at);
  }

  const own = (id) => id && entries.find((entry) => entry.mine && entry.id === id);

  function number(entry, n) {
    if (!n || entry.n === n) return;
    const at = entries.indexOf(entry);
    const next = entries[at + 1];
    entry.n = n;
    const inPlace = (!next || next.n > n) && (!at || entries[at - 1].n < n);
    if (!inPlace) {
      takeOut(entry);
      insert(entry);
    }
  }

  /* The server's time, where a phone's clock is wrong: it would stand between other days. */
  function date(entry, at) {
    if (!at || entry.at === at) return;
    const time = entry.node.querySelector("time");
    entry.at = time.dateTime = at;
    time.textContent = clock.format(new Date(at));
    const place = entries.indexOf(entry);
    drawDay(place);
    drawDay(place + 1);
  }

  /* Only the last question looks open, and each alarm until one of its buttons was pressed; pressing
     an older button still asks the bot. */
  function light() {
    const asking = entries.filter((entry) => entry.node.querySelector("button.choice, .nav button"));
    const open = ({ urgent, n }) => Boolean(urgent) && !does.isDealtWith(n);
    asking.forEach((entry, at) => {
      entry.node.classList.toggle("live", at === asking.length - 1 || open(entry));
    });
  }

  // -- scrolling

  const below = () => log.scrollHeight - log.clientHeight - log.scrollTop;

  const goesOn = (entry, before) =>
    entry.arrived && before.arrived && entry.arrived - before.arrived < TOGETHER;

  /* Down to the end, but not past the start of what the bot has just said: people read from
     the top. Not at all when the person has scrolled away. */
  function follow() {
    if (following && entries.length) {
      let first = entries.length - 1;
      while (first && !entries[first].urgent && goesOn(entries[first], entries[first - 1])) first -= 1;
      const top = entries[first].node.offsetTop - 8;
      log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top);
      followedTo = log.scrollTop;
    }
    showNewest(below() < 60);
    height = log.clientHeight;
  }

  function showNewest(atEnd) {
    newest.hidden = atEnd || log.clientHeight < LOW;
  }

  log.addEventListener("scroll", () => {
    if (log.clientHeight !== height) return; // the browser scrolled because of the keyboard
    const atEnd = below() < 60;
    const byUs = Math.abs(log.scrollTop - followedTo) < 4;
    if (atEnd && !byUs) entries.forEach((entry) => { entry.arrived = 0; }); // all has been seen
    following = atEnd || byUs;
    showNewest(atEnd);
  });
  log.addEventListener("load", follow, true); // photos grow when they arrive
  // The keyboard opens, the writing box grows. Browsers without this only scroll less well.
  if (self.ResizeObserver) new ResizeObserver(follow).observe(log);
  newest.addEventListener("click", () => {
    log.scrollTop = log.scrollHeight;
    log.focus({ preventScroll: true });
  });

  function add(entry, message) {
    entry.node = drawMessage(message);
    insert(entry);
  }

  function delivered(entry) {
    if (entry.node.querySelector(".state.sent")) return; // a second one would be read out again
    entry.item = null; // a photo need not be held any longer
    drawState(entry, "sent");
  }

  const isStart = ({ text }) => (text || "").startsWith("/start"); // typed by the page itself

  return {
    /* A message of the server. `arriving`: it came while the page was open. */
    show(message, arriving) {
      const { n, id, at } = message;
      const mine = message.from === "me";
      if (mine && isStart(message)) return;
      let entry = own(id);
      if (entry) {
        number(entry, n);
        date(entry, at);
      } else {
        entry = { n, id, at, mine, urgent: message.urgent, arrived: 0, urls: [] };
        if (arriving && !mine) entry.arrived = Date.now();
        add(entry, message);
        light();
        if (entry.arrived && entry.urgent) {
          following = true; // an alarm is shown, whatever was being read
          pause(); // the button that comes to lie under a finger was not meant
        }
      }
      if (mine) delivered(entry);
      follow();
    },

    /* Something of our own that the server does not have yet. */
    showUnsent(item) {
      if (isStart(item) || own(item.id)) return; // the server was heard to have it
      const urls = (item.files || []).map((file) => URL.createObjectURL(file.blob));
      const files = urls.map((url, at) => ({ kind: item.files[at].kind, url }));
      const entry = { n: Infinity, id: item.id, at: item.at, mine: true, urls, item };
      add(entry, Object.assign({}, item, { from: "me", files }));
      drawState(entry, item.refused === undefined ? "waiting" : "refused", item);
      following = true;
      follow();
    },

    sent(id, n) {
      const entry = own(id);
      if (!entry) return;
      number(entry, n);
      delivered(entry);
    },

    refused(item) {
      const entry = own(item.id);
      if (entry) drawState(entry, "refused", item);
      follow();
    },

    drop(id) {
      const entry = own(id);
      if (entry) takeOut(entry);
    },

    /* What is shown as not yet sent. */
    waiting: () => entries.filter(({ node }) => node.querySelector(".waiting")).map(({ item }) => item),

    /* Removes what the server told us, or everything. */
    clear(unsentToo) {
      entries.filter((entry) => unsentToo || entry.n !== Infinity).forEach((entry) => {
        entry.urls.forEach((url) => URL.revokeObjectURL(url));
        takeOut(entry);
      });
      following = true;
    },
  };
}
