/* An urgent message rings, shakes, flashes, and stays in the title until somebody has seen it. */
"use strict";

const TONES = [880, 660]; // Hz
const TIMES = 3;
const TONE = 0.35; // seconds
const SEEN = ["pointerdown", "keydown", "wheel", "touchstart"];

function createAlarm(word) {
  const title = document.title;
  let audio = null;
  let blinking = 0;

  // Browsers let a page make sound only after somebody has touched it.
  function allowSound() {
    const Context = self.AudioContext || self.webkitAudioContext;
    if (!audio && Context) audio = new Context();
    if (audio && audio.state === "suspended") audio.resume();
  }
  ["pointerdown", "keydown"].forEach((touch) => document.addEventListener(touch, allowSound));

  /* Asking in vain stands as an error in the browser's console. In the demo, touching one of the
     phones is enough for all. */
  const touched = () => !navigator.userActivation || navigator.userActivation.hasBeenActive;

  async function sound() {
    allowSound();
    if (!audio) return;
    if (audio.state !== "running") await audio.resume().catch(() => {});
    if (audio.state !== "running" || !blinking) return; // seen by now
    const volume = audio.createGain();
    volume.gain.value = 0.4;
    volume.connect(audio.destination);
    for (let i = 0; i < TIMES * TONES.length; i += 1) {
      const tone = audio.createOscillator();
      const start = audio.currentTime + i * TONE + Math.floor(i / TONES.length) * TONE;
      tone.type = "triangle";
      tone.frequency.value = TONES[i % TONES.length];
      tone.connect(volume);
      tone.start(start);
      tone.stop(start + TONE);
    }
  }

  function seen() {
    clearInterval(blinking);
    blinking = 0;
    document.title = title;
    document.body.classList.remove("flash");
    SEEN.forEach((touch) => document.removeEventListener(touch, seen));
    document.removeEventListener("visibilitychange", seenIfVisible);
  }

  function seenIfVisible() {
    if (document.visibilityState === "visible") seen();
  }

  function ring() {
    if (touched() && navigator.vibrate) navigator.vibrate([400, 200, 400, 200, 400]);
    document.body.classList.add("flash");
    if (!blinking) blink();
    if (touched()) sound();
  }

  function blink() {
    const change = () => {
      document.title = document.title === title ? `❗ ${word}` : title;
    };
    change();
    blinking = setInterval(change, 1000);
    SEEN.forEach((touch) => document.addEventListener(touch, seen));
    document.addEventListener("visibilitychange", seenIfVisible);
  }

  return { ring, quiet: seen };
}
