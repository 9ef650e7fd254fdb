/* The tabs of the demo page. A phone is loaded only when it is first seen. */
"use strict";

(() => {
  const tabs = Array.from(document.querySelectorAll("[role=tab]"));
  const wide = matchMedia("(min-width: 1100px)");
  const phone = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function load() {
    tabs.map(phone).filter((section) => wide.matches || section.classList.contains("shown")).forEach((section) => {
      const frame = section.querySelector("iframe");
      if (!frame.hasAttribute("src")) frame.src = frame.dataset.src;
    });
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
