// Camera and microphone: one question for both, then a look and a listen. Nothing of it is kept or sent.
import {make} from './rows.js';

const ANSWER_WITHIN = 45000;
const CODES = {camera: 'CAM', microphone: 'MIC'};
const ASKED = {
  camera: (device) => ({
    video: Object.assign(
      {width: {ideal: 1280}, height: {ideal: 720}}, device ? {deviceId: {exact: device}} : {facingMode: 'user'},
    ),
  }),
  microphone: (device) => ({
    audio: Object.assign({autoGainControl: false, noiseSuppression: false}, device ? {deviceId: {exact: device}} : {}),
  }),
};

export const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

function reason(error) {
  const text = String(error.message).toLowerCase();
  switch (error.name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return text.includes('system') ? 'SYSTEM' : text.includes('dismiss') ? 'DISMISSED' : 'BLOCKED';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return 'NONE';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'BUSY';
    case 'NoAnswer':
      return 'NO-ANSWER';
    default:
      return 'UNFIT';
  }
}

export const stop = (stream) => stream && stream.getTracks().forEach((track) => track.stop());

function open(kinds, devices) {
  const wanted = Object.assign({}, ...kinds.map((kind) => ASKED[kind](devices[kind])));
  const asked = navigator.mediaDevices.getUserMedia(wanted);
  let isLate = false;
  const late = wait(ANSWER_WITHIN).then(() => {
    isLate = true;
    throw Object.assign(new Error(), {name: 'NoAnswer'});
  });
  // Whoever says yes later should not find the camera on with nobody looking.
  asked.then((stream) => isLate && stop(stream), () => {});
  return Promise.race([asked, late]);
}

// Returns streams and codes by kind: one question for all; only where that fails each one alone, to learn which it is.
export async function acquire(kinds, devices) {
  const streams = {};
  const codes = {};
  const fail = (kind, error) => { codes[kind] = `${CODES[kind]}-${reason(error)}`; };
  try {
    const both = await open(kinds, devices);
    kinds.forEach((kind) => { streams[kind] = both; });
  } catch (error) {
    const isFinal = kinds.length === 1 || /DISMISSED|NO-ANSWER/.test(reason(error));
    for (const kind of kinds) {
      if (isFinal) {
        fail(kind, error);
      } else {
        try {
          streams[kind] = await open([kind], devices);
        } catch (alone) {
          fail(kind, alone);
        }
      }
    }
  }
  return {streams, codes};
}

function look(video) {
  const canvas = make('canvas', '', {width: 64, height: 48});
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 48);
  const {data} = context.getImageData(0, 0, 64, 48);
  const luma = [];
  for (let n = 0; n < data.length; n += 4) luma.push(0.299 * data[n] + 0.587 * data[n + 1] + 0.114 * data[n + 2]);
  return luma;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

export async function watch(stream, place, label, setup) {
  const track = stream.getVideoTracks()[0];
  const video = make('video', '', {muted: true, playsInline: true, className: 'preview', srcObject: stream});
  video.setAttribute('playsinline', '');
  video.setAttribute('aria-label', label);
  place.append(video);
  // WeChat's browser draws nothing until it is told to play.
  await Promise.race([video.play().catch(() => {}), wait(4000)]);
  for (let n = 0; n < 20 && !video.videoWidth; n += 1) await wait(200);
  if (track.readyState === 'ended') return {code: 'CAM-LOST'};
  if (track.muted && !video.videoWidth) return {code: 'CAM-MUTED'};
  if (!video.videoWidth || video.readyState < 2) return {code: 'CAM-NO-PICTURE'};
  const frames = [];
  for (let n = 0; n < 6; n += 1) {
    frames.push(look(video));
    await wait(250);
  }
  const light = Math.round(mean(frames[frames.length - 1]));
  const moved = frames.slice(1).some((frame, n) => frame.some((pixel, at) => pixel !== frames[n][at]));
  const data = {width: video.videoWidth, height: video.videoHeight, light};
  if (track.readyState === 'ended') return {code: 'CAM-LOST', data};
  if (light < 4) return {code: 'CAM-BLACK', data};
  if (!moved) return {code: track.muted ? 'CAM-MUTED' : 'CAM-FROZEN', data};
  if (light < 40) return {code: 'CAM-DARK', data};
  return {code: Math.min(data.width, data.height) < setup.height ? 'CAM-LOW' : 'CAM-OK', data};
}

const LOUD_ENOUGH = -50;

export async function listen(stream, context, place, words, skipped) {
  const track = stream.getAudioTracks()[0];
  const meter = make('meter', '', {min: 0, max: 100, value: 0, className: 'level'});
  meter.setAttribute('aria-label', words.level);
  place.append(make('p', words.speak), meter);
  let isSkipped = false;
  const mute = make('button', words.mute, {type: 'button', className: 'quiet'});
  mute.onclick = () => { isSkipped = true; };
  place.append(mute);
  await Promise.race([context.resume(), wait(1000)]);
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const levels = [];
  let clipped = 0;
  const numbers = () => {
    const sorted = levels.slice().sort((a, b) => a - b);
    return {level: Math.round(sorted[sorted.length - 1]), noise: Math.round(sorted[Math.floor(sorted.length / 10)])};
  };
  const isEnough = () => levels.length >= 30 && levels.filter((level) => level > LOUD_ENOUGH).length >= 8;
  for (let n = 0; n < 120 && !isSkipped && track.readyState !== 'ended'; n += 1) {
    await wait(50);
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    samples.forEach((sample) => {
      sum += sample * sample;
      if (Math.abs(sample) >= 0.985) clipped += 1;
    });
    const level = Math.max(-120, 10 * Math.log10(sum / samples.length + 1e-12));
    levels.push(level);
    meter.value = Math.max(0, Math.min(100, (level + 70) * 1.6));
    // Somebody who talks without a pause is not noise: then listen on.
    if (isEnough() && numbers().noise < -38) break;
  }
  source.disconnect();
  if (isSkipped) return {code: skipped};
  if (track.readyState === 'ended') return {code: 'MIC-LOST'};
  const data = Object.assign(numbers(), {clipped: Math.min(clipped, 100000)});
  if (data.level < -90) return {code: 'MIC-SILENT', data};
  if (data.level < LOUD_ENOUGH) return {code: 'MIC-QUIET', data};
  if (clipped > 200) return {code: 'MIC-LOUD', data};
  return {code: data.noise > -38 ? 'MIC-NOISY' : 'MIC-OK', data};
}

// Returns a choice of devices where there are several.
export async function picker(kind, label, stream, onPick) {
  const all = await navigator.mediaDevices.enumerateDevices();
  const found = all.filter((each) => each.kind === (kind === 'camera' ? 'videoinput' : 'audioinput') && each.deviceId);
  if (found.length < 2) return [];
  const used = stream.getTracks().map((track) => track.getSettings().deviceId);
  const select = make('select');
  found.forEach((each, n) => {
    select.append(make('option', each.label || `${label} ${n + 1}`, {
      value: each.deviceId, selected: used.includes(each.deviceId),
    }));
  });
  select.onchange = () => onPick(select.value);
  const wrapped = make('label', label);
  wrapped.append(select);
  return [wrapped];
}
