/* What this phone keeps: messages not yet sent, and a copy of the last ones seen.

   IndexedDB where it works. Private windows and full phones refuse it: then memory, and
   `volatile` is true so that the page can say so. Used by the page and by sw.js. */
"use strict";

const Store = (() => {
  const KEPT = 60;
  const PATIENCE = 8000; // ms; some private windows never answer an open

  const finished = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });

  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  function connect(name) {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      const timer = setTimeout(() => reject(new Error("no answer")), PATIENCE);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
        request.result.createObjectStore("messages", { keyPath: "n" });
      };
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        clearTimeout(timer);
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
    });
  }

  async function open(name) {
    let database = null;
    try {
      database = await connect(name);
    } catch (error) {
      // No database: everything below falls through to memory.
    }

    const memory = []; // unsent items that the database did not take
    const table = (which, mode, options) => {
      const transaction = database.transaction(which, mode, options);
      return [transaction.objectStore(which), finished(transaction)];
    };

    const store = {
      volatile: !database,

      /* Keeps one unsent item and returns it with its place in the line. */
      async add(item) {
        if (!store.volatile) {
          try {
            // Strict: on the disk before we show it as kept, because batteries run out.
            const [outbox, done] = table("outbox", "readwrite", { durability: "strict" });
            const seq = await answer(outbox.add(item));
            await done;
            return Object.assign({}, item, { seq });
          } catch (error) {
            store.volatile = true; // the disk is full, say
          }
        }
        const kept = Object.assign({}, item, { seq: Date.now() + memory.length });
        memory.push(kept);
        return kept;
      },

      async update(item) {
        const at = memory.findIndex((other) => other.seq === item.seq);
        if (at >= 0) {
          memory[at] = item;
        } else {
          const [outbox, done] = table("outbox", "readwrite");
          outbox.put(item);
          await done;
        }
      },

      async remove(seq) {
        const at = memory.findIndex((other) => other.seq === seq);
        if (at >= 0) {
          memory.splice(at, 1);
        } else {
          const [outbox, done] = table("outbox", "readwrite");
          outbox.delete(seq);
          await done;
        }
      },

      /* Every unsent item, oldest first. */
      async unsent() {
        let kept = [];
        try {
          const [outbox] = table("outbox", "readonly");
          kept = await answer(outbox.getAll());
        } catch (error) {
          // No database, or the browser closed it under us: the next load finds what it holds.
        }
        return kept.concat(memory);
      },

      /* The messages below are only a copy of the server's: losing them loses nothing. */
      async messages() {
        try {
          const [messages] = table("messages", "readonly");
          return await answer(messages.getAll());
        } catch (error) {
          return [];
        }
      },

      async keep(list) {
        try {
          const [messages, done] = table("messages", "readwrite");
          list.forEach((message) => messages.put(message));
          const numbers = await answer(messages.getAllKeys());
          if (numbers.length > KEPT) {
            messages.delete(IDBKeyRange.upperBound(numbers[numbers.length - KEPT], true));
          }
          await done;
        } catch (error) {
          // See above.
        }
      },

      async forget() {
        try {
          const [messages, done] = table("messages", "readwrite");
          messages.clear();
          await done;
        } catch (error) {
          // See above.
        }
      },
    };
    return store;
  }

  return { open };
})();
