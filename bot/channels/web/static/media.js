/* Photos, voice and place: got from the phone, shown, and sent only when the person says so. */
"use strict";

const Media = (() => {
  const LONGEST_SIDE = 1280; // pixels; a sheet of names stays readable
  const QUALITY = 0.7;
  const LONGEST_VOICE = 180; // seconds
  const BITRATE = 16000; // speech in Opus; three minutes are 360 kB
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
        const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
        canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
        const paper = canvas.getContext("2d");
        paper.fillStyle = "#fff"; // JPEG has no transparency; black would hide black writing
        paper.fillRect(0, 0, canvas.width, canvas.height);
        paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(url);
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no memory"))), "image/jpeg", QUALITY);
      };
      picture.src = url;
    });
  }

  /* `does` has send(fields), problem(sentence), ask(sentence, yes) → promise of a boolean. */
  function create(texts, uuid, does) {
    const at = (id) => document.getElementById(id);
    const [tools, tray, says, shows, acts] =
      ["tools", "tray", "tray-says", "tray-shows", "tray-does"].map(at);
    let release = () => {}; // gives back what the open tray holds

    function open(sentence, parts, buttons) {
      close();
      says.textContent = sentence;
      parts.forEach((part) => shows.appendChild(part));
      buttons.forEach((button) => acts.appendChild(button));
      tools.hidden = true;
      tray.hidden = false;
      const main = acts.querySelector(".main");
      if (main) main.focus();
    }

    function close() {
      const focused = tray.contains(document.activeElement);
      release();
      release = () => {};
      [shows, acts].forEach((part) => { part.textContent = ""; });
      tray.hidden = true;
      tools.hidden = false;
      if (focused) at("text").focus();
    }

    /* Shows what is about to be sent, with Send and Discard. */
    function offer(sentence, kind, blob) {
      const shown = Thread.element(kind === "photo" ? "img" : "audio");
      const url = URL.createObjectURL(blob);
      shown.src = url;
      if (kind === "photo") shown.alt = texts.photo_alt;
      else shown.controls = true;
      open(sentence, [shown], [
        Thread.button("", texts.discard, close),
        Thread.button("main", texts.send, () => {
          close();
          does.send({ files: [{ id: uuid(), kind, blob }] });
        }),
      ]);
      release = () => URL.revokeObjectURL(url);
    }

    // -- photo --------------------------------------------------------------------------------

    at("photo").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      if (!file) return;
      does.problem("");
      open(texts.photo_busy, [], []);
      try {
        offer(texts.photo_ready, "photo", await shrink(file));
      } catch (error) {
        close();
        does.problem(texts.photo_unreadable);
      }
      event.target.value = ""; // so that the same photo can be chosen again
    });

    // -- voice --------------------------------------------------------------------------------

    async function record() {
      does.problem("");
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch (error) {
        does.problem(texts.voice_denied);
        return;
      }
      const mimeType = SOUNDS.find((sound) => MediaRecorder.isTypeSupported(sound));
      const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITRATE });
      const pieces = [];
      const began = Date.now();
      const seconds = Thread.element("span", "seconds");
      const tick = () => {
        const passed = Math.floor((Date.now() - began) / 1000);
        seconds.textContent = `${Math.floor(passed / 60)}:${String(passed % 60).padStart(2, "0")} / 3:00`;
        if (passed >= LONGEST_VOICE) stop();
      };
      const timer = setInterval(tick, 250);
      const stop = () => recorder.state !== "inactive" && recorder.stop();
      const end = () => {
        clearInterval(timer);
        stream.getTracks().forEach((track) => track.stop());
      };
      recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
      recorder.onstop = () => {
        end();
        const type = (recorder.mimeType || mimeType || "audio/webm").split(";")[0];
        if (pieces.length) {
          offer(texts.voice_ready, "voice", new Blob(pieces, { type }));
        } else {
          close();
          does.problem(texts.voice_failed);
        }
      };
      tick();
      open(texts.recording, [seconds], [
        Thread.button("", texts.discard, () => {
          recorder.onstop = end;
          stop();
          close();
        }),
        Thread.button("main", texts.stop, stop),
      ]);
      tray.classList.add("recording");
      release = () => tray.classList.remove("recording");
      recorder.start();
    }

    if (navigator.mediaDevices && self.MediaRecorder && MediaRecorder.isTypeSupported) {
      at("voice").hidden = false;
      at("voice").addEventListener("click", record);
    }

    // -- place --------------------------------------------------------------------------------

    async function locate() {
      does.problem("");
      if (!(await does.ask(texts.place_ask, texts.place_yes))) return;
      open(texts.place_busy, [], []);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          close();
          does.send({ location: { latitude: coords.latitude, longitude: coords.longitude } });
        },
        (error) => {
          close();
          does.problem(error.code === error.PERMISSION_DENIED ? texts.place_denied : texts.place_failed);
        },
        { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 },
      );
    }

    if (navigator.geolocation && self.isSecureContext) {
      at("place").hidden = false;
      at("place").addEventListener("click", locate);
    }

    return { close, busy: () => !tray.hidden };
  }

  return { create };
})();
