// The device check from the tap on "start" to the report. It advises; whatever happens here, the interview stays open.
import {acquire, listen, picker, stop, watch} from './media.js';
import {browser, surroundings} from './surroundings.js';
import {byId, fill, make, Rows, tell} from './rows.js';
import {clock, power, size, zones} from './device.js';
import {direct} from './direct.js';
import {network} from './network.js';
import {sound} from './sound.js';

const setup = JSON.parse(byId('setup').textContent);
const around = surroundings(window);
const findings = new Map();
const devices = {};
let words;
let rows;
let context;
let isRunning = false;
let began = 0;

const note = (id, finding) => {
  findings.set(id, finding);
  rows.found(id, finding);
};

const ears = () => {
  const Context = window.AudioContext || window.webkitAudioContext;
  context = context || new Context();
  context.resume();
};

async function media(kinds) {
  const places = {};
  kinds.forEach((kind) => { places[kind] = rows.running(kind); });
  places[kinds[0]].append(make('p', words.page.asking));
  tell(words.page.asking);
  const {streams, codes} = await acquire(kinds, devices);
  places[kinds[0]].textContent = '';
  const one = async (kind) => {
    const stream = streams[kind];
    if (!stream) {
      note(kind, {code: codes[kind]});
      return;
    }
    const found = kind === 'camera'
      ? await watch(stream, places[kind], words.page.picture, setup)
      : await listen(stream, context, places[kind], words.page, 'MIC-SKIPPED');
    const onPick = (id) => {
      devices[kind] = id;
      again(kind);
    };
    found.pickers = await picker(kind, words.page[`which_${kind}`], stream, onPick).catch(() => []);
    note(kind, found);
  };
  await Promise.all(kinds.map(one));
  Object.values(streams).forEach(stop);
}

async function connection() {
  rows.running('network');
  const found = await network(setup, () => {});
  if (found.data.up !== undefined) {
    const speed = (kbps) => (kbps / 1000).toFixed(1);
    found.note = fill(words.page.speed, {
      down: speed(found.data.down), up: speed(found.data.up), rtt: found.data.rtt,
    });
  }
  note('network', found);
  note('clock', clock(found.offset, setup, words.page));
}

const CHECKS = {
  camera: () => media(['camera']),
  microphone: () => media(['microphone']),
  speaker: async () => {
    const place = rows.running('speaker');
    note('speaker', await sound(context, place, words.page));
  },
  network: connection,
  clock: connection,
  direct: async () => {
    rows.running('direct');
    note('direct', await direct(setup));
  },
  power: async () => note('power', await power(setup)),
  screen: async () => note('screen', size(setup)),
};

async function all() {
  note('browser', browser(window, around));
  if (words.codes[findings.get('browser').code][0] === 'fail') {
    ['camera', 'microphone', 'speaker', 'network', 'direct', 'clock', 'power', 'screen'].forEach((id) => {
      if (rows.has(id)) rows.show(id, 'skip');
    });
    return;
  }
  ears();
  const kinds = ['camera', 'microphone'].filter((kind) => rows.has(kind));
  await Promise.all([
    (async () => {
      if (kinds.length) await media(kinds);
      if (rows.has('speaker')) await CHECKS.speaker();
    })(),
    (async () => {
      await connection();
      await CHECKS.direct();
      await CHECKS.power();
      if (rows.has('screen')) await CHECKS.screen();
    })(),
  ]);
}

const worst = () => {
  const found = [...findings.values()].map(({code}) => words.codes[code][0]);
  return found.includes('fail') ? 'failed' : found.includes('warn') ? 'warned' : 'passed';
};

async function report() {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const checks = [...findings].map(([check, {code, data}]) => (
    {id: check, status: words.codes[code][0], code, data: data || {}}
  ));
  const took = Math.min(3600, Math.round((performance.now() - began) / 1000));
  byId('told').textContent = words.page.sending;
  const answer = await fetch(`${setup.root}/report`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({id, nonce: setup.nonce, took, checks}),
  }).catch(() => null);
  byId('told').textContent = answer && answer.ok ? words.page.sent : words.page.unsent;
}

function summarise(hasFocus) {
  const verdict = worst();
  const summary = byId('summary');
  const outcome = byId('outcome');
  summary.className = `card ${verdict}`;
  byId('result').textContent = words.page[verdict];
  outcome.textContent = '';
  if (verdict !== 'passed') {
    const list = make('ul', '', {className: 'links'});
    findings.forEach(({code}, id) => {
      if (!/warn|fail/.test(words.codes[code][0])) return;
      const item = make('li');
      item.append(make('a', byId(`row-${id}`).querySelector('h3').textContent, {href: `#row-${id}`}));
      list.append(item);
    });
    ['elsewhere', 'help-title'].forEach((id) => {
      const item = make('li');
      item.append(make('a', byId(id).textContent, {href: `#${id}`}));
      list.append(item);
    });
    outcome.append(list);
  }
  outcome.append(make('p', words.page.anyway));
  summary.hidden = false;
  // What follows a check without a fault is the interview: its card comes along.
  if (verdict === 'passed') summary.after(byId('interview').parentNode);
  if (hasFocus) summary.focus();
}

async function run(what, hasFocus) {
  if (isRunning) return;
  isRunning = true;
  began = performance.now();
  byId('start').disabled = true;
  try {
    await what();
  } finally {
    isRunning = false;
    byId('start').disabled = false;
  }
  summarise(hasFocus);
  await report();
}

function again(id) {
  run(async () => {
    rows.focus(id);
    ears();
    await CHECKS[id]();
  }, false);
}

async function start() {
  words = await (await fetch(setup.words)).json();
  rows = new Rows(words, around, again);
  const button = byId('start');
  const title = byId('checks-title');
  title.tabIndex = -1;
  button.hidden = false;
  byId('copy').dataset.done = words.page.copied;
  const {said} = zones(setup, words.page);
  if (said) {
    byId('zone').textContent = said;
    byId('zone').hidden = false;
  }
  button.onclick = () => {
    ears();
    title.focus();
    tell(words.page.running);
    run(all, true);
  };
  byId('stuck').hidden = true;
  document.documentElement.dataset.check = 'on';
}

start();
