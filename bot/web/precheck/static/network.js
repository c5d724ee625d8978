// How fast, how steady and how far away: measured with our own server only, and stopped as soon as it is enough.
const DOWN = [50000, 100000, 250000, 500000, 1000000, 1500000];
const UP = [16000, 64000, 128000, 200000, 200000, 200000];
const SPARE = 2;
const WITHIN = 3500;

const now = () => performance.now();

async function once(url, options, within) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), within);
  try {
    return await use(await fetch(url, Object.assign({cache: 'no-store', signal: control.signal}, options)));
  } finally {
    clearTimeout(timer);
  }
}

async function use(response) {
  if (!response.ok) throw new Error(String(response.status));
  return response.arrayBuffer();
}

const median = (numbers) => numbers.slice().sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Round trips, and with the same requests how far our clocks are apart: the quickest tells best.
async function trips(root) {
  const times = [];
  let best = {time: Infinity, offset: 0};
  const began = now();
  for (let n = 0; n < 11 && now() - began < 3000; n += 1) {
    const [sent, at] = [Date.now(), now()];
    const answer = await once(`${root}/time`, {}, 5000);
    const time = now() - at;
    const there = JSON.parse(new TextDecoder().decode(answer)).now;
    // The first one opens the connection, and is no measure of it.
    if (n) times.push(time);
    if (time < best.time) best = {time, offset: sent + time / 2 - there};
  }
  const steps = times.slice(1).map((time, n) => Math.abs(time - times[n]));
  const jitter = steps.length ? steps.reduce((sum, step) => sum + step, 0) / steps.length : 0;
  return {rtt: median(times), jitter, offset: best.offset};
}

// Returns kbit/s: of growing sizes the best, until that is twice what is needed, or time is over.
async function rate(sizes, need, rtt, request) {
  const began = now();
  let best = 0;
  for (const size of sizes) {
    const left = WITHIN - (now() - began);
    if (left < 200) break;
    const at = now();
    let isWhole = true;
    try {
      await request(size, left);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
      isWhole = false;
    }
    const time = Math.max(1, now() - at - (isWhole ? Math.min(rtt, (now() - at) / 2) : 0));
    // What was cut off is at most this fast.
    if (isWhole || !best) best = Math.max(best, (size * 8) / time);
    if (!isWhole || best >= SPARE * need) break;
  }
  return Math.round(best);
}

export async function network(setup, onProgress) {
  const saves = navigator.connection && navigator.connection.saveData;
  const few = (sizes) => (saves ? sizes.slice(0, 2) : sizes);
  let data = {};
  let offset;
  try {
    const far = await trips(setup.root);
    offset = far.offset;
    data = {rtt: Math.round(far.rtt), jitter: Math.round(far.jitter)};
    onProgress();
    data.down = await rate(few(DOWN), setup.down, far.rtt, (size, within) => (
      once(`${setup.root}/down?bytes=${size}`, {}, within)
    ));
    data.up = await rate(few(UP), setup.up, far.rtt, (size, within) => (
      once(`${setup.root}/up`, {method: 'POST', body: new Uint8Array(size)}, within)
    ));
  } catch (error) {
    return {code: 'NET-OFFLINE', data: {}, offset};
  }
  return {code: judge(data, setup), data, offset};
}

function judge(data, setup) {
  if (data.down < setup.down / 2 || data.up < setup.up / 2) return 'NET-TOO-SLOW';
  if (data.down < setup.down || data.up < setup.up) return 'NET-SLOW';
  if (data.rtt > setup.rtt) return 'NET-DELAY';
  return data.jitter > setup.jitter ? 'NET-JITTER' : 'NET-OK';
}
