/* The thread: draws messages as bubbles, in the order of their numbers. Text from anybody goes in
   as text, never as markup. */
"use strict";

const Thread = (() => {
  const PRESS_PAUSE = 700; // ms; cheap screens report one tap twice
  const ZONE = "Asia/Ho_Chi_Minh";
  // A hotline standing alone: not the 111 of "111.000" or of "0111".
  const HOTLINE = /(^|[^\d.,])(11[1-5])(?![\d]|[.,]\d)/g;

  function element(tag, name, text) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    return node;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const use = document.createElementNS(space, "use");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#i-${name}`);
    svg.appendChild(use);
    return svg;
  }

  function button(name, text, press) {
    const node = element("button", name, text);
    node.type = "button";
    node.addEventListener("click", press);
    return node;
  }

  /* An address that cannot run anything, or "". */
  function safe(address) {
    try {
      const url = new URL(address, location.href);
      return ["http:", "https:", "blob:"].includes(url.protocol) ? url.href : "";
    } catch (error) {
      return "";
    }
  }

  const fill = (sentence, holes) =>
    sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in holes ? holes[name] : hole));

  /* `does` has press(button), edit(item), discard(item). */
  function create(log, newest, texts, language, does) {
    const clock = new Intl.DateTimeFormat(language, { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
    const day = new Intl.DateTimeFormat(language, {
      timeZone: ZONE, weekday: "long", day: "numeric", month: "long",
    });
    const spoken = { "/ngonngu": texts.language }; // commands that the page itself types
    let entries = []; // in the order shown: {n, id, at, mine, node, live, urls}
    let following = true;
    let followedTo = 0;
    let pressedAt = 0;

    // -- one bubble ---------------------------------------------------------------------------

    function withHotlines(node, text) {
      let end = 0;
      text.replace(HOTLINE, (match, before, number, at) => {
        const start = at + before.length;
        node.appendChild(document.createTextNode(text.slice(end, start)));
        const link = element("a", "hotline", number);
        link.href = `tel:${number}`;
        link.setAttribute("aria-label", fill(texts.call_number, { number }));
        node.appendChild(link);
        end = start + number.length;
        return match;
      });
      node.appendChild(document.createTextNode(text.slice(end)));
    }

    function drawFile(file) {
      const url = safe(file.url);
      if (file.kind === "photo") {
        const link = element("a", "photo");
        const image = element("img");
        image.alt = texts.photo_alt;
        image.loading = "lazy";
        image.src = url;
        link.href = url;
        link.target = "_blank";
        link.rel = "noopener";
        link.appendChild(image);
        return link;
      }
      if (file.kind === "voice") {
        const sound = element("audio");
        sound.controls = true;
        sound.preload = "none";
        sound.setAttribute("aria-label", texts.voice_note);
        sound.src = url;
        return sound;
      }
      const link = element("a", "link", texts.open_file);
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener";
      return link;
    }

    function drawCall(call) {
      const link = element("a", "call");
      link.href = `tel:${call.number.replace(/[^\d+*#]/g, "")}`;
      link.appendChild(icon("phone"));
      const label = call.label || fill(texts.call_number, { number: call.number });
      link.appendChild(element("span", "", label.includes(call.number) ? label : `${label} · ${call.number}`));
      return link;
    }

    function drawLink(target) {
      const link = element("a", "link");
      link.href = safe(target.url);
      link.target = "_blank";
      link.rel = "noopener";
      link.appendChild(element("span", "", target.label || target.url));
      link.appendChild(icon("open"));
      return link;
    }

    function drawChoices(message, node) {
      const press = (choice) => () => {
        if (Date.now() - pressedAt < PRESS_PAUSE) return;
        pressedAt = Date.now();
        log.classList.add("pressed");
        setTimeout(() => log.classList.remove("pressed"), PRESS_PAUSE);
        does.press(choice);
      };
      const all = message.buttons || [];
      const choices = element("div", "choices");
      const nav = element("div", "nav");
      for (const choice of all) {
        const made = button(choice.nav ? "" : "choice", "", press(choice));
        if (!choice.nav && !message.takes_digits) {
          made.appendChild(element("span", "number", String(choices.childElementCount + 1)));
          made.appendChild(document.createTextNode(" "));
        }
        const label = element("span", "", choice.label);
        label.dir = "auto";
        made.appendChild(label);
        (choice.nav ? nav : choices).appendChild(made);
      }
      for (const group of [choices, nav]) {
        if (!group.childElementCount) continue;
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", texts.choices);
        node.appendChild(group);
      }
    }

    function drawMessage(message) {
      const mine = message.from === "me";
      const node = element("div", mine ? "msg me" : "msg bot");
      if (message.urgent) node.classList.add("urgent");
      const bubble = element("div", "bubble");
      bubble.appendChild(element("span", "aside", mine ? texts.you_say : texts.bot_says));
      if (message.urgent) {
        const word = element("p", "word", texts.urgent);
        word.insertBefore(icon("alert"), word.firstChild);
        bubble.appendChild(word);
      }
      const files = message.files || [];
      const calls = message.calls || [];
      let text = message.text || message.label || "";
      if (mine) text = spoken[text] || text || (files.length ? "" : texts.my_place);
      if (text) {
        const body = element("p", "text");
        body.dir = "auto";
        if (!mine && (calls.length || message.urgent)) withHotlines(body, text);
        else body.textContent = text;
        bubble.appendChild(body);
      }
      files.forEach((file) => bubble.appendChild(drawFile(file)));
      const foot = element("p", "foot");
      const time = element("time", "", clock.format(new Date(message.at)));
      time.dateTime = message.at;
      foot.appendChild(time);
      bubble.appendChild(foot);
      node.appendChild(bubble);
      calls.forEach((call) => node.appendChild(drawCall(call)));
      (message.links || []).filter((link) => safe(link.url)).forEach((link) => node.appendChild(drawLink(link)));
      drawChoices(message, node);
      return node;
    }

    /* What became of an own message: waiting, sent or refused. */
    function drawState(entry, state, item) {
      const foot = entry.node.querySelector(".foot");
      const old = entry.node.querySelectorAll(".state, .why");
      Array.from(old).forEach((part) => part.remove());
      const mark = element("span", `state ${state}`);
      mark.appendChild(icon({ waiting: "clock", sent: "check", refused: "alert" }[state]));
      mark.appendChild(element("span", state === "sent" ? "aside" : "", texts[state]));
      foot.appendChild(mark);
      if (state !== "refused") return;
      const why = element("div", "why");
      const sentence = item.refused || (item.refusedFile ? texts.refused_file : texts.refused_why);
      why.appendChild(element("p", "", sentence));
      if (item.text && !item.value) why.appendChild(button("", texts.edit, () => does.edit(item)));
      why.appendChild(button("", texts.remove, () => does.discard(item)));
      entry.node.appendChild(why);
    }

    // -- the order of bubbles -----------------------------------------------------------------

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

    const own = (id) => entries.find((entry) => entry.mine && entry.id === id);

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

    /* Only the last question looks open; pressing an older button still asks the bot. */
    function light() {
      const asking = entries.filter((entry) => entry.node.querySelector("button.choice, .nav button"));
      asking.forEach((entry, at) => entry.node.classList.toggle("live", at === asking.length - 1));
    }

    // -- scrolling ----------------------------------------------------------------------------

    const below = () => log.scrollHeight - log.clientHeight - log.scrollTop;

    /* Down to the end, but not past the start of what the bot has just said: people read from
       the top. Not at all when the person has scrolled away. */
    function follow() {
      if (following && entries.length) {
        let first = entries.length - 1;
        while (first && entries[first].live && entries[first - 1].live) first -= 1;
        const top = entries[first].node.offsetTop - 8;
        log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top);
        followedTo = log.scrollTop;
      }
      newest.hidden = below() < 60;
    }

    log.addEventListener("scroll", () => {
      following = below() < 60 || Math.abs(log.scrollTop - followedTo) < 4;
      newest.hidden = below() < 60;
    });
    log.addEventListener("load", follow, true); // photos grow when they arrive
    window.addEventListener("resize", follow); // the keyboard opens
    newest.addEventListener("click", () => {
      log.scrollTop = log.scrollHeight;
      log.focus({ preventScroll: true });
    });

    return {
      /* A message of the server. `live`: it arrived while the page was open. */
      show(message, live) {
        const mine = message.from === "me";
        if (mine && (message.text || "").startsWith("/start")) return;
        const known = mine && message.id ? own(message.id) : entries.find((entry) => entry.n === message.n);
        if (known) {
          number(known, message.n);
          if (mine) drawState(known, "sent");
          return;
        }
        const entry = { n: message.n, id: message.id, at: message.at, mine, live: live && !mine, urls: [] };
        entry.node = drawMessage(message);
        insert(entry);
        if (mine) drawState(entry, "sent");
        light();
        follow();
      },

      /* Something of our own that the server does not have yet. */
      showUnsent(item) {
        if ((item.text || "").startsWith("/start")) return;
        const files = (item.files || []).map((file) => ({ kind: file.kind, url: URL.createObjectURL(file.blob) }));
        const entry = { n: Infinity, id: item.id, at: item.at, mine: true, urls: files.map((file) => file.url) };
        entry.node = drawMessage(Object.assign({}, item, { from: "me", files }));
        insert(entry);
        drawState(entry, item.refused === undefined ? "waiting" : "refused", item);
        following = true;
        follow();
      },

      sent(id, n) {
        const entry = own(id);
        if (!entry) return;
        number(entry, n);
        drawState(entry, "sent");
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

      /* The ids shown as not yet sent. */
      waiting: () => entries.filter((entry) => entry.node.querySelector(".state.waiting")).map((entry) => entry.id),

      /* Removes what the server told us, or everything. */
      clear(unsentToo) {
        const gone = entries.filter((entry) => unsentToo || entry.n !== Infinity);
        gone.forEach((entry) => {
          entry.urls.forEach((url) => URL.revokeObjectURL(url));
          takeOut(entry);
        });
        following = true;
      },
    };
  }

  return { create, element, icon, button, fill };
})();
