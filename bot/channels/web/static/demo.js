/* The tabs of the demo page. Where one phone is seen at a time the others are loaded after it, so
   that they ring too: the tab shows it. */
"use strict";

(() => {
  const tabs = Array.from(document.querySelectorAll("[role=tab]"));
  const wide = matchMedia("(min-width: 960px)");
  let seen = false; // the first phone
  const phone = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function load() {
    tabs.forEach((tab) => {
      const frame = phone(tab).querySelector("iframe");
      if (frame.hasAttribute("src") || !(seen || wide.matches || phone(tab).classList.contains("shown"))) return;
      frame.addEventListener("load", () => listen(tab, frame.contentDocument.body));
      frame.src = frame.dataset.src;
    });
  }

  function listen(tab, screen) {
    const look = () => tab.classList.toggle("rings", screen.classList.contains("flash"));
    new MutationObserver(look).observe(screen, { attributes: true, attributeFilter: ["class"] });
    look();
    seen = true;
    load();
  }

  function choose(chosen) {
    tabs.forEach((tab) => {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      phone(tab).classList.toggle("shown", tab === chosen);
    });
    load();
  }

  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      next.focus();
      choose(next);
    });
  });
  wide.addListener(load); // the old name, for old phones
  load();
})();
