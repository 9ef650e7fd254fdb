/* What is needed now and then, fetched when it is, to keep the first load small: photo, voice and
   place, got from the phone, shown, and sent only when the person says so; and the dialog of the
   devices on which somebody is signed in. */
"use strict";

const LONGEST_SIDE = 1280; // pixels; a sheet of names stays readable
const QUALITY = 0.7;
const LONGEST_VOICE = 180; // seconds
const BITRATE = 16000; // speech in Opus; three minutes are 360 kB
const PIECE = 3000; // ms of speech that are lost at most when the phone closes the page
const SOUNDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/* A small JPEG of the picture. Drawing it anew also leaves behind where it was taken. */
function shrink(file) {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file);
    const picture = new Image();
    picture.onerror = () => {
      URL.revokeObjectURL(url);
      reject(new Error("not a picture"));
    };
    picture.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = picture;
      const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(width * scale));
      canvas.height = Math.max(1, Math.round(height * scale));
      const paper = canvas.getContext("2d");
      paper.fillStyle = "#fff"; // JPEG has no transparency; black would hide black writing
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(url);
      const take = (blob) => (blob ? resolve(blob) : reject(new Error("no memory")));
      canvas.toBlob(take, "image/jpeg", QUALITY);
    };
    picture.src = url;
  });
}

/* `does` has send(fields), problem(sentence), signedOutHere(), hold(fields), letGo(id). */
function createExtras(base, texts, locale, does) {
  const at = (id) => document.getElementById(id);
  const tray = at("tray");

  /* A question in words; a promise of yes or no. */
  function ask(sentence, yes) {
    const dialog = at("ask");
    if (dialog.open) return false;
    at("ask-says").textContent = sentence;
    at("ask-yes").textContent = yes;
    dialog.showModal();
    return new Promise((resolve) => {
      const settle = (answer) => () => {
        dialog.close();
        resolve(answer);
      };
      at("ask-yes").onclick = settle(true);
      at("ask-no").onclick = dialog.oncancel = settle(false);
    });
  }

  // -- the tray: what is about to be sent

  let release = () => {}; // gives back what the open tray holds
  let turn = 0; // so that what took long can see that the person has moved on
  let take = null; // gives what the open tray would send, and closes it
  let coming = null; // a photo that is being made small

  /* The second half of a double tap must not land on what has just appeared. */
  function freshen(node) {
    node.classList.add("fresh");
    setTimeout(() => node.classList.remove("fresh"), 500);
  }

  function open(sentence, part, buttons, quietly) {
    close();
    at("tray-says").textContent = sentence;
    if (part) at("tray-shows").appendChild(part);
    buttons.forEach((made) => at("tray-does").appendChild(made));
    at("tools").hidden = true;
    tray.hidden = false;
    freshen(tray);
    if (buttons.length && !quietly) buttons[buttons.length - 1].focus();
  }

  function close() {
    const focused = tray.contains(document.activeElement);
    turn += 1;
    release();
    release = () => {};
    take = null;
    at("tray-shows").textContent = at("tray-does").textContent = "";
    if (!tray.hidden) freshen(at("tools"));
    tray.hidden = true;
    at("tools").hidden = false;
    if (focused) at("text").focus();
  }

  /* Shows what is about to be sent, with Discard and Send. It is kept until then: the phone may close
     the page at any moment. */
  function offer(item) {
    does.hold(item);
    show(item);
  }

  const made = (kind, blob) => ({ id: uuid(), files: [{ id: uuid(), kind, blob }] });

  function show(item, quietly) {
    const [{ kind, blob }] = item.files;
    const url = URL.createObjectURL(blob);
    const shown = element(kind === "photo" ? "img" : "audio");
    shown.src = url;
    if (kind === "photo") shown.alt = texts.photo_alt;
    else shown.controls = true;
    open(kind === "photo" ? texts.photo_ready : texts.voice_ready, shown, [
      button("", texts.discard, () => {
        close();
        does.letGo(item.id);
      }),
      button("main", texts.send, () => does.send(take())),
    ], quietly);
    release = () => URL.revokeObjectURL(url);
    take = () => {
      close();
      return item;
    };
  }

  // -- devices

  const moment = new Intl.DateTimeFormat(locale, {
    timeZone: ZONE, day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit",
  });

  function drawDevice(device) {
    const row = element("li");
    const about = row.appendChild(element("div"));
    const name = device.device + (device.current ? ` (${texts.this_device})` : "");
    const when = moment.format(new Date(device.last_seen));
    about.appendChild(element("strong", "", name));
    about.appendChild(element("small", "", fill(texts.last_seen, { when })));
    const end = row.appendChild(button("", texts.end_device, () => endDevice(device)));
    end.setAttribute("aria-label", `${texts.end_device}: ${name}`);
    return row;
  }

  async function listDevices() {
    const answer = await request("GET", `${base}api/sessions`, "sessions");
    const done = answer.verdict === "done";
    at("devices-problem").textContent = done ? "" : texts.devices_failed;
    if (!done) return;
    at("device-list").textContent = "";
    answer.said.sessions.forEach((device) => at("device-list").appendChild(drawDevice(device)));
  }

  async function endDevice(device) {
    if (device.current && !(await ask(texts.end_this, texts.end_device))) return;
    const path = `${base}api/sessions/${encodeURIComponent(device.id)}`;
    const answer = await request("DELETE", path, "ok");
    if (answer.verdict !== "done") {
      at("devices-problem").textContent = answer.sentence || texts.devices_failed;
    } else if (device.current) {
      does.signedOutHere();
    } else {
      listDevices();
    }
  }

  at("devices-close").onclick = () => at("devices").close();

  return {
    close,

    devices() {
      at("devices").showModal();
      listDevices();
    },

    /* What waits in the tray, taken out of it to be sent; null when nothing does. */
    async take() {
      await coming;
      return take && take();
    },

    /* What was kept when the page was closed. */
    again(item) {
      if (tray.hidden) show(item, true);
    },

    photo(file) {
      open(texts.photo_busy, null, []);
      const mine = turn;
      coming = shrink(file).then(
        (small) => turn === mine && offer(made("photo", small)),
        () => {
          close();
          does.problem(texts.photo_unreadable);
        },
      );
      return coming;
    },

    async voice() {
      const mine = turn;
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch (error) {
        const denied = error.name === "NotAllowedError";
        does.problem(denied ? texts.voice_denied : texts.voice_failed);
        return;
      }
      if (turn !== mine) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      const mimeType = SOUNDS.find((sound) => MediaRecorder.isTypeSupported(sound));
      const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITRATE });
      const pieces = [];
      const item = made("voice", null);
      const began = Date.now();
      const seconds = element("span", "seconds");
      const stop = () => recorder.state !== "inactive" && recorder.stop();
      const tick = () => {
        const passed = Math.floor((Date.now() - began) / 1000);
        const rest = String(passed % 60).padStart(2, "0");
        seconds.textContent = `${Math.floor(passed / 60)}:${rest} / ${LONGEST_VOICE / 60}:00`;
        if (passed >= LONGEST_VOICE) stop();
      };
      const timer = setInterval(tick, 250);
      recorder.ondataavailable = (event) => {
        if (!event.data.size) return;
        pieces.push(event.data);
        const type = (recorder.mimeType || mimeType || "audio/webm").split(";")[0];
        item.files[0].blob = new Blob(pieces, { type });
        does.hold(item); // what there is so far
      };
      recorder.onstop = () => {
        if (pieces.length) {
          offer(item);
        } else {
          close();
          does.problem(texts.voice_failed);
        }
      };
      open(texts.recording, seconds, [
        button("", texts.discard, () => {
          close();
          does.letGo(item.id);
        }),
        button("main", texts.stop, stop),
      ]);
      tray.classList.add("recording");
      release = () => {
        recorder.onstop = recorder.ondataavailable = null;
        stop();
        clearInterval(timer);
        stream.getTracks().forEach((track) => track.stop());
        tray.classList.remove("recording");
      };
      recorder.start(PIECE);
      tick();
    },

    async place() {
      if (!(await ask(texts.place_ask, texts.place_yes))) return;
      let givenUp = false;
      open(texts.place_busy, null, [button("", texts.discard, close)]);
      release = () => { givenUp = true; };
      navigator.geolocation.getCurrentPosition(
        ({ coords: { latitude, longitude } }) => {
          if (givenUp) return;
          close();
          does.send({ location: { latitude, longitude } });
        },
        (error) => {
          if (givenUp) return;
          close();
          does.problem(error.code === error.PERMISSION_DENIED ? texts.place_denied : texts.place_failed);
        },
        { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 },
      );
    },
  };
}
