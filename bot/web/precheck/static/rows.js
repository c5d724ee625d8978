// The list of checks on the page: what each one does now, what it found, and what helps.
import {stepsFor} from './surroundings.js';

export const byId = (id) => document.getElementById(id);

export function make(tag, text, more) {
  const made = Object.assign(document.createElement(tag), more);
  if (text) made.textContent = text;
  return made;
}

// What a screen reader says; one after the other, so that nothing is lost that comes at the same moment.
export const tell = (text) => byId('news').append(make('p', text));

export const fill = (text, values) => text.replace(/{(\w+)}/g, (all, name) => (name in values ? values[name] : all));

export class Rows {
  constructor(words, around, onAgain) {
    Object.assign(this, {words, around, onAgain});
    this.app = words.apps[around.app] || words.page.device;
  }

  has(id) {
    return Boolean(byId(`row-${id}`));
  }

  // Empties a row for what happens in it now, and returns where that goes.
  running(id) {
    const more = this.show(id, 'run');
    return more;
  }

  show(id, status) {
    const row = byId(`row-${id}`);
    const more = row.querySelector('.more');
    if (more.contains(document.activeElement)) this.focus(id);
    // `skip` is the link that skips to the content.
    row.className = status === 'skip' ? 'skipped' : status;
    row.querySelector('.status').textContent = this.words.status[status];
    more.textContent = '';
    return more;
  }

  focus(id) {
    const title = byId(`row-${id}`).querySelector('h3');
    title.tabIndex = -1;
    title.focus();
  }

  found(id, {code, note, pickers}) {
    const [status, said, remedy] = this.words.codes[code];
    const more = this.show(id, status);
    const what = fill(said, {app: this.app});
    const name = byId(`row-${id}`).querySelector('h3').textContent;
    more.append(make('p', what));
    if (note) more.append(make('p', note, {className: 'note'}));
    if (status === 'warn' || status === 'fail') {
      const steps = this.steps(code, remedy);
      const list = make('ol', '', {className: 'steps'});
      steps.forEach((step) => list.append(make('li', step)));
      if (steps.length) more.append(list);
      const foot = make('p', '', {className: 'foot'});
      if (id !== 'browser' && id !== 'screen') foot.append(this.again(id, name));
      foot.append(make('span', code, {className: 'finding'}));
      more.append(foot);
    }
    (pickers || []).forEach((picker) => more.append(picker));
    tell(`${name}: ${this.words.status[status]}. ${what}`);
  }

  steps(code, remedy) {
    const known = stepsFor(code, this.around).map((names) => names.find((name) => this.words.steps[name]));
    const steps = known.filter(Boolean).map((name) => this.words.steps[name]);
    if (!steps.length || /-SYSTEM$/.test(code)) steps.push(remedy);
    return steps.filter(Boolean).map((step) => fill(step, {app: this.app}));
  }

  again(id, name) {
    const button = make('button', this.words.page.again, {type: 'button', className: 'again'});
    button.setAttribute('aria-label', fill(this.words.page.again_of, {check: name}));
    button.onclick = () => this.onAgain(id);
    return button;
  }
}
