import { browser } from "@web/core/browser/browser";

const TUNES = {
    good: { wave: "sine", notes: [[880, 0.09]] },
    bad: { wave: "square", notes: [[196, 0.18], [147, 0.3]] },
    done: { wave: "sine", notes: [[659, 0.1], [784, 0.1], [1047, 0.22]] },
}; // prettier-ignore
const VIBRATIONS = { good: [40], bad: [200, 80, 200], done: [60, 40, 60] };
const VOLUME = 0.2;

/** Tells by ear and hand what became of a scan; a device that cannot stays silent. */
export class StationSounds {
    constructor() {
        this.isMuted = false;
        this.context = null;
    }

    play(name) {
        browser.navigator.vibrate?.(VIBRATIONS[name]);
        const AudioContext = browser.AudioContext;
        if (this.isMuted || !AudioContext) {
            return;
        }
        this.context ||= new AudioContext();
        this.context.resume?.().catch(() => {});
        let at = this.context.currentTime;
        for (const [pitch, length] of TUNES[name].notes) {
            this.playNote(TUNES[name].wave, pitch, at, length);
            at += length;
        }
    }

    playNote(wave, pitch, at, length) {
        const tone = this.context.createOscillator();
        const volume = this.context.createGain();
        tone.type = wave;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(VOLUME, at);
        volume.gain.exponentialRampToValueAtTime(0.001, at + length);
        tone.connect(volume).connect(this.context.destination);
        tone.start(at);
        tone.stop(at + length);
    }

    close() {
        this.context?.close();
        this.context = null;
    }
}
