/* What this phone keeps: messages not yet sent, a copy of the last ones seen, what is looked at in
   the tray before it is sent, and what is being typed.

   IndexedDB where it works. Private windows and full phones refuse it: then memory, and
   `volatile` is true so that the page can say so. Phones also cut the connection to it while the
   page sleeps: then it is opened anew. Used by the page and by sw.js. */
"use strict";

const KEPT_MESSAGES = 60;
const OPEN_PATIENCE = 8000; // ms; some private windows never answer
const FROM_MEMORY = 1e12; // the places in line of what the database never had begin here

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const TABLES = {
  outbox: { keyPath: "seq", autoIncrement: true },
  messages: { keyPath: "n" },
};

/* Short notes. By address: three demo phones share one storage. It may also be switched off, or full. */
const createNotes = (base, storage) => ({
  get(key) {
    try { return storage().getItem(base + key) || ""; } catch (error) { return ""; }
  },
  set(key, value) {
    try { storage().setItem(base + key, value); } catch (error) { /* See above. */ }
  },
});

/* What is being typed: a phone that runs short closes us meanwhile. Each tab has its own, over a
   reload; the one written last is there when the page was closed. */
function createDraft(base, session) {
  const shared = createNotes(base, () => localStorage);
  let ours = ""; // what this tab has put there

  return {
    begun() {
      ours = session.get("draft") || shared.get("draft");
      return ours;
    },

    /* What another tab has put there since is not thrown away. */
    keep(words) {
      session.set("draft", words);
      if (words || shared.get("draft") === ours) shared.set("draft", words);
      ours = words;
    },

    drop() {
      session.set("draft", "");
      shared.set("draft", "");
    },
  };
}

function connect(name, tables) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    Object.keys(tables).forEach((table) => request.result.createObjectStore(table, tables[table]));
  };
  const late = new Promise((resolve, reject) => setTimeout(reject, OPEN_PATIENCE));
  return Promise.race([answered(request), late]);
}

async function openStore(name) {
  let database = null;
  try {
    database = await connect(name, TABLES);
  } catch (error) {
    // Every use of it below then fails, and falls back to memory.
  }
  let born = 0; // items kept in memory alone
  const memory = []; // unsent items, or newer states of them, that the database did not take
  const inMemory = (seq) => memory.findIndex((item) => item.seq === seq);

  function remember(item) {
    const at = inMemory(item.seq);
    if (at >= 0) memory[at] = item;
    else memory.push(item);
    return item;
  }

  async function begin(table, mode, options) {
    try {
      return database.transaction(table, mode, options);
    } catch (error) {
      if (!database) throw error; // it never opened: trying again takes long
      database = await connect(name, TABLES);
      return database.transaction(table, mode, options);
    }
  }

  /* What `work` on a table gives, once it is really written. */
  const within = async (table, mode, work, options) =>
    finish(await begin(table, mode, options), table, work);

  let steps = Promise.resolve();

  /* One step on what waits in the tray, after those before it. It has a database of its own: whatever
     lies in the outbox is sent, also by a service worker of before. */
  function inTray(mode, work) {
    const step = async () => {
      if (!database) throw new Error("no database");
      const own = await connect(`${name}tray`, { tray: { keyPath: "id" } });
      try {
        return await finish(own.transaction("tray", mode, { durability: "strict" }), "tray", work);
      } finally {
        own.close();
      }
    };
    steps = steps.then(step, step);
    return steps;
  }

  async function finish(transaction, table, work) {
    const written = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    written.catch(() => {}); // where `work` fails, that is what is told
    const result = await work(transaction.objectStore(table));
    await written;
    return result;
  }

  const store = {
    volatile: !database,
    blind: false, // the last look at what is unsent did not see the database

    /* Keeps one unsent item and returns it with its place in the line. */
    async add(item) {
      let seq = FROM_MEMORY + born;
      born += 1;
      try {
        if (store.volatile) throw new Error("no database");
        // Strict: on the disk before we show it as kept, because batteries run out.
        const strict = { durability: "strict" };
        seq = await within("outbox", "readwrite", (outbox) => answered(outbox.add(item)), strict);
        return Object.assign({ seq }, item);
      } catch (error) {
        store.volatile = true; // also when the disk is full
        return remember(Object.assign({ seq }, item));
      }
    },

    async update(item) {
      if (inMemory(item.seq) < 0) {
        try {
          await within("outbox", "readwrite", (outbox) => outbox.put(item));
          return;
        } catch (error) { /* Below: a full disk must not stop what waits. */ }
      }
      remember(item);
    },

    async remove(seq) {
      if (seq < FROM_MEMORY) await within("outbox", "readwrite", (outbox) => outbox.delete(seq));
      const at = inMemory(seq);
      if (at >= 0) memory.splice(at, 1);
    },

    /* Every unsent item, oldest first; without those of the database when it is `blind`. */
    async unsent() {
      let kept = [];
      try {
        kept = await within("outbox", "readonly", (outbox) => answered(outbox.getAll()));
        store.blind = false;
      } catch (error) {
        store.blind = Boolean(database);
      }
      return kept.filter(({ seq }) => inMemory(seq) < 0).concat(memory).sort((a, b) => a.seq - b.seq);
    },

    // The messages are only a copy of what the server has: failing to keep them loses nothing.

    messages: () =>
      within("messages", "readonly", (copy) => answered(copy.getAll())).catch(() => []),

    keep(list) {
      const work = async (copy) => {
        list.forEach((message) => copy.put(message));
        const numbers = await answered(copy.getAllKeys());
        const oldest = numbers[numbers.length - KEPT_MESSAGES];
        if (oldest) copy.delete(IDBKeyRange.upperBound(oldest, true));
      };
      return within("messages", "readwrite", work).catch(() => {});
    },

    // What nobody has said "send" to yet. Where it cannot be kept it lasts as long as the page.

    hold: (item) => inTray("readwrite", (tray) => answered(tray.put(item))).catch(() => {}),

    held: () => inTray("readonly", (tray) => answered(tray.getAll())).catch(() => []),

    /* Without an id all of it. */
    letGo: (id) =>
      inTray("readwrite", (tray) => answered(id ? tray.delete(id) : tray.clear())).catch(() => {}),

    forget: () => within("messages", "readwrite", (copy) => copy.clear()).catch(() => {}),
  };
  return store;
}
