/* The outbox: what a person did is kept first, then sent in order, one at a time, until the
   server says it has it. Each item carries its own id, so sending it again is harmless.
   Used by the page and, when the page is closed, by sw.js. */
"use strict";

const SLOWEST = 60; // seconds between two tries
const HOLDS_UP = 5000; // ms that words wait behind a photo that is being sent
const SLOW = 8000; // ms without an answer before the person hears that the network is slow
const LOOKS_AGAIN = 1000; // ms until it is looked for more of them
const STUBBORN = 8; // crashes of the server on one item before others may pass it

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only on https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/* One request, with what to do about it as `verdict`: done, refused, later or signed_out.
   `proof` is the field a real answer has: a hotel's log-in page also answers 200. */
async function request(method, path, proof, body, type) {
  const aborter = new AbortController();
  const patience = 60000 + ((body && body.size) || 0); // ms: 1 kB/s is still progress
  const timer = setTimeout(() => aborter.abort(), patience);
  try {
    const headers = { "X-Requested-With": "vongtay" };
    if (type) headers["Content-Type"] = type;
    const response = await fetch(path, {
      method, body, headers, credentials: "same-origin", cache: "no-store", signal: aborter.signal,
    });
    const status = response.status;
    if (status === 401) return { verdict: "signed_out" };
    const said = await response.json().catch(() => ({}));
    if (response.ok && said && said[proof]) return { verdict: "done", said };
    const sentence = (said && said.error) || "";
    const ours = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
    // 413 and 415 may come from a proxy in front of the server, without a sentence.
    if (status === 413 || status === 415 || (ours && sentence)) {
      return { verdict: "refused", status, sentence };
    }
    return { verdict: "later", status, seconds: Number(response.headers.get("Retry-After")) || 0 };
  } catch (error) {
    return { verdict: "later", status: 0, seconds: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/* `told` hears what happens: sent(item, n), refused(item), trouble(status), signedOut(), and
   slow(yes) when an answer takes long, then when it is there or given up. */
function createQueue(store, base, told) {
  let running = null;
  let again = false;
  let timer = 0;
  let pause = 1;

  async function deliver(item) {
    const files = item.files || [];
    const earlier = files.filter((file) => file.reference);
    for (const file of files) {
      if (file.reference) continue;
      const path = `${base}api/files?id=${file.id}&kind=${file.kind}`;
      const answer = await request("POST", path, "file", file.blob, file.blob.type);
      if (answer.verdict !== "done") return answer;
      file.reference = answer.said.file;
      await store.update(item); // a retry need not send the photo again
    }
    const message = { id: item.id, at: item.at };
    for (const field of ["text", "value", "label", "location"]) {
      if (item[field] !== undefined) message[field] = item[field];
    }
    if (item.files) message.files = item.files.map((file) => file.reference);
    const body = JSON.stringify(message);
    const answer = await request("POST", `${base}api/messages`, "ok", body, "application/json");
    if (answer.verdict !== "refused" || !earlier.length) return answer;
    // Another session, or long ago: what was uploaded then is not there. We still have it.
    earlier.forEach((file) => { delete file.reference; });
    return deliver(item);
  }

  async function waiting() {
    return (await store.unsent()).filter((item) => item.refused === undefined);
  }

  /* The oldest one; an item on which the server keeps crashing must not hold up a call for help. */
  async function next() {
    const all = await waiting();
    return all.find((item) => !(item.crashes >= STUBBORN)) || all[0];
  }

  /* Words do not wait behind a photo that takes its time: they may be a call for help. What is
     pressed does, for it may mean that all is said. */
  async function withWords(item) {
    if (!item.files) return deliver(item);
    let there = false;
    const delivered = deliver(item).finally(() => { there = true; });
    const after = (ms) => new Promise((done) => { setTimeout(done, ms); });
    await Promise.race([delivered, after(HOLDS_UP)]);
    while (!there) {
      const words = (await waiting()).find((one) => one.text && !one.files && !one.value && !one.crashes);
      const settled = words && !there && await settle(words, await deliver(words));
      if (!settled) await Promise.race([delivered, after(LOOKS_AGAIN)]);
    }
    return delivered;
  }

  /* Whether the server has said the last word about an item. */
  async function settle(item, answer) {
    if (answer.verdict === "done") {
      await store.remove(item.seq);
      pause = 1;
      told.sent(item, answer.said.n);
    } else if (answer.verdict === "refused") {
      item.refused = answer.sentence;
      item.refusedFile = answer.status === 413 || answer.status === 415;
      await store.update(item); // kept until the person has seen it
      told.refused(item);
    } else {
      return false;
    }
    return true;
  }

  async function run() {
    for (let item = await next(); item; item = await next()) {
      const slow = setTimeout(told.slow, SLOW, true);
      const answer = await withWords(item);
      clearTimeout(slow);
      told.slow(false);
      if (await settle(item, answer)) continue;
      if (answer.verdict === "signed_out") {
        told.signedOut();
        return { left: true, seconds: SLOWEST };
      }
      if (answer.status === 500) {
        item.crashes = (item.crashes || 0) + 1;
        await store.update(item);
      }
      told.trouble(answer.status);
      return { left: true, seconds: answer.seconds };
    }
    return { left: store.blind, seconds: 0 };
  }

  /* Sends what there is. Only one of page, other tabs and service worker at a time: the ids make
     a second sender harmless, but it would pay for the same photo twice. */
  function flush() {
    if (!running) {
      const locks = self.navigator.locks;
      running = locks ? locks.request(`send ${base}`, run) : run();
      const over = () => { running = null; };
      running.then(over, over);
    }
    return running;
  }

  const queue = {
    flush,

    async add(fields) {
      const item = await store.add(Object.assign({ id: uuid(), at: new Date().toISOString() }, fields));
      queue.kick();
      return item;
    },

    /* Flush now, and from then on by itself until nothing is left. */
    kick() {
      clearTimeout(timer);
      pause = 1;
      attempt();
    },
  };

  async function attempt() {
    if (running) {
      again = true; // added while the last look at the line was already over
      return;
    }
    let seconds = SLOWEST;
    try {
      const { left, seconds: asked } = await flush();
      if (!left && !again) return;
      pause = Math.min(pause * 2, SLOWEST);
      seconds = left ? Math.max(asked, pause * (0.75 + Math.random() / 2)) : 0;
    } catch (error) {
      told.trouble(0); // the database was closed under us: the item stays, and is tried again
    }
    again = false;
    clearTimeout(timer);
    timer = setTimeout(attempt, seconds * 1000);
  }

  return queue;
}
