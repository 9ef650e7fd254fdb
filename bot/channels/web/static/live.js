/* What the server says: the history first, then server-sent events, or polling where those fail.

   A mobile network can drop a connection without telling anybody, so after some silence we ask
   for the history after the last message known. */
"use strict";

const POLL = 5000; // ms between two polls
const HIDDEN_POLL = 60000; // the same while nobody looks
const SILENCE = 45000; // ms without any event before we ask
const AGAIN = 60000; // ms of polling before events are tried again

/* `hears` has: last() → the highest n taken, take(messages, live), forget() to drop every
   message taken, asked() when all was taken, up(), down(status), language(code), signedOut(), and
   tell(word) for the other tabs. */
function createLive(base, hears) {
  let source = null; // null while polling
  let failures = 0;
  let eventsFrom = 0; // not before this moment
  let heardAt = 0;
  let loaded = false;
  let asking = null;
  let stopped = false;
  let timer = 0;
  const locks = self.navigator.locks;
  let letGo = null; // gives our turn at listening to another tab

  async function history(after) {
    const answer = await request("GET", `${base}api/history?after=${after}`, "messages");
    if (answer.verdict === "signed_out") hears.signedOut();
    if (answer.verdict !== "done") throw Object.assign(new Error("no history"), { status: answer.status });
    return answer.said;
  }

  /* Asks for what came after the last message, that one included: if the server does not have
     it, ours are another person's, or were erased, and we start over. Returns what was new. */
  async function ask() {
    const last = hears.last();
    let said = await history(Math.max(last - 1, 0));
    if (last && !said.messages.some((message) => message.n === last)) {
      if (last > 1) said = await history(0);
      hears.forget();
      loaded = false;
    }
    const news = said.messages.filter((message) => message.n > hears.last());
    hears.take(said.messages, loaded);
    hears.asked();
    heardAt = Date.now();
    hears.up();
    if (said.language) hears.language(said.language);
    loaded = true;
    return news;
  }

  function stopListening() {
    if (source) source.close();
    source = null;
    if (letGo) letGo();
    letGo = null;
  }

  /* Browsers open six connections to a server for all tabs together: seven tabs that listen leave
     none to send on. So one listens, and tells the others. */
  async function listen() {
    if (!self.EventSource || stopped) return;
    if (letGo || !locks) {
      if (letGo || document.visibilityState === "visible") open();
      return;
    }
    const turn = (lock) => lock && !stopped && !letGo && new Promise((done) => {
      letGo = done;
      open();
    });
    await locks.request(`listen ${base}`, { ifAvailable: true }, turn).catch(() => {});
  }

  function open() {
    if (source) source.close();
    failures = 0;
    const mine = new EventSource(`${base}api/events?after=${hears.last()}`);
    source = mine;
    mine.onopen = () => {
      failures = 0;
      heardAt = Date.now();
      hears.up();
    };
    mine.onmessage = (event) => {
      heardAt = Date.now();
      hears.take([JSON.parse(event.data)], loaded);
      hears.tell("news");
    };
    mine.addEventListener("language", (event) => hears.language(event.data));
    mine.onerror = () => {
      failures += 1;
      if (failures >= 2 || mine.readyState === EventSource.CLOSED) {
        stopListening();
        eventsFrom = Date.now() + AGAIN;
      }
      check(1000); // a proxy that hangs up now and then is no reason to alarm anybody
    };
  }

  function check(ms) {
    heardAt = 0;
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  }

  /* The one timer: it polls while there are no events, and checks on silence while there are. */
  async function look() {
    clearTimeout(timer);
    if (asking || stopped) return;
    const listening = source !== null;
    const seen = document.visibilityState === "visible";
    if (!listening || Date.now() - heardAt > (seen ? SILENCE : SILENCE * 10)) {
      try {
        asking = ask();
        const news = await asking;
        // News that events should have brought: that connection is dead, without an error.
        if (listening ? news.length : Date.now() >= eventsFrom) listen();
      } catch (error) {
        stopListening();
        eventsFrom = 0;
        hears.down(error.status || 0);
      }
      asking = null;
    }
    if (stopped) stopListening();
    clearTimeout(timer);
    timer = setTimeout(look, source ? SILENCE / 3 : seen ? POLL : HIDDEN_POLL);
  }

  document.addEventListener("visibilitychange", () => {
    if (!locks && document.visibilityState !== "visible") stopListening();
  });

  return {
    start: look,
    check, // when something suggests that there is news
    stop() {
      stopped = true;
      stopListening();
    },
  };
}
