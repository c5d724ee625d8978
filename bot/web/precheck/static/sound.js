// Three notes, and the question whether they were heard. Whoever does not hear skips it, and nothing follows from that.
import {make} from './rows.js';
import {wait} from './media.js';

const NOTES = [523, 659, 784];
const HEARD_WITHIN = 30000;

function play(context) {
  context.resume();
  NOTES.forEach((pitch, n) => {
    const [note, volume, at] = [context.createOscillator(), context.createGain(), context.currentTime + n * 0.4];
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.3, at + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + 0.38);
    note.connect(volume).connect(context.destination);
    note.start(at);
    note.stop(at + 0.4);
  });
}

export function sound(context, place, words) {
  play(context);
  const choices = make('div', '', {className: 'choices'});
  place.append(make('p', words.heard_it), choices);
  const answered = new Promise((done) => {
    [['heard', 'SPK-OK'], ['nothing', 'SPK-NOTHING'], ['deaf', 'SPK-SKIPPED']].forEach(([name, code]) => {
      const button = make('button', words[name], {type: 'button'});
      button.onclick = () => done({code});
      choices.append(button);
    });
  });
  const again = make('button', words.play, {type: 'button'});
  again.onclick = () => play(context);
  choices.append(again);
  return Promise.race([answered, wait(HEARD_WITHIN).then(() => ({code: 'SPK-NO-ANSWER'}))]);
}
