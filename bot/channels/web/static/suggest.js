/* Questions offered while somebody types. A list under the arrow keys, a tap or a number of taps: who
   goes on typing is never in its way. */
"use strict";

const TYPING = 250; // ms of rest before asking
const SHORTEST = 2;
const LONGEST_ASKED = 100; // characters; a longer text is a story

function createSuggest(texts, base, { text, list, status, choose }) {
  let timer = 0;
  let asked = null; // the request under way
  let shown = [];
  let active = -1;

  function close() {
    clearTimeout(timer);
    if (asked) asked.abort();
    asked = null;
    shown = [];
    active = -1;
    list.hidden = true;
    list.textContent = "";
    status.textContent = "";
    text.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    close();
    if (!found.length) return;
    shown = found;
    found.forEach((one, at) => {
      const option = element("li", "", one.label);
      option.id = `suggestion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.addEventListener("click", () => take(at));
      list.appendChild(option);
    });
    list.hidden = false;
    status.textContent = fill(texts.suggested, { count: found.length });
  }

  function take(at) {
    const one = shown[at];
    close();
    if (one) choose(one);
  }

  function mark(at) {
    if (active >= 0) list.children[active].setAttribute("aria-selected", "false");
    active = at;
    if (at < 0) {
      text.removeAttribute("aria-activedescendant");
      return;
    }
    const option = list.children[at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", option.id);
  }

  async function ask(typed) {
    asked = self.AbortController ? new AbortController() : { abort() {} };
    const own = asked;
    try {
      const answer = await fetch(`${base}api/suggest`, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-Requested-With": "vongtay" },
        body: JSON.stringify({ text: typed }),
        signal: own.signal,
      });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (own === asked && text.value.trim() === typed) show(found);
    } catch (error) { /* Without network there is nothing to offer. */ }
  }

  text.addEventListener("input", () => {
    close();
    const typed = text.value.trim();
    const fits = typed.length >= SHORTEST && typed.length <= LONGEST_ASKED && !typed.includes("\n");
    if (fits) timer = setTimeout(ask, TYPING, typed);
  });
  // Before the page's own: Enter on a marked question sends that, and not what is written.
  text.addEventListener("keydown", (event) => {
    if (!shown.length || event.isComposing || event.keyCode === 229) return;
    const { key } = event;
    if (key === "ArrowDown") mark(active + 1 < shown.length ? active + 1 : -1);
    else if (key === "ArrowUp") mark(active < 0 ? shown.length - 1 : active - 1);
    else if (key === "Enter" && active >= 0) take(active);
    else if (key === "Escape") { close(); return; } // the second one still hides the page
    else if (key === "Tab") { close(); return; }
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the keyboard stays open

  return { close };
}
