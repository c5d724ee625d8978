// Two ends of a call within this page: whether anything here holds it up, and by a relay what gets lost on the way.
import {wait} from './media.js';

const PACKETS = 100;

async function connect(config) {
  const [here, there] = [new RTCPeerConnection(config), new RTCPeerConnection(config)];
  const close = () => { here.close(); there.close(); };
  here.onicecandidate = (event) => event.candidate && there.addIceCandidate(event.candidate).catch(() => {});
  there.onicecandidate = (event) => event.candidate && here.addIceCandidate(event.candidate).catch(() => {});
  const channel = here.createDataChannel('check', {ordered: false, maxRetransmits: 0});
  there.ondatachannel = (event) => {
    event.channel.onmessage = (message) => event.channel.send(message.data);
  };
  const opened = new Promise((done) => { channel.onopen = () => done(true); });
  try {
    await here.setLocalDescription(await here.createOffer());
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription(await there.createAnswer());
    await here.setRemoteDescription(there.localDescription);
  } catch (error) {
    return {isOpen: false, close};
  }
  return {isOpen: await Promise.race([opened, wait(6000)]), channel, close};
}

// Sends small packets there and back, as a call does, and counts what returns.
async function count(channel) {
  const times = [];
  channel.onmessage = (message) => times.push(performance.now() - Number(message.data));
  for (let n = 0; n < PACKETS; n += 1) {
    channel.send(String(performance.now()));
    await wait(20);
  }
  await wait(1000);
  const back = Math.min(PACKETS, times.length);
  // Half of the way back and forth is the way there.
  const loss = Math.round((1 - Math.sqrt(back / PACKETS)) * 100);
  return {loss, rtt: Math.round(times.sort((a, b) => a - b)[Math.floor(back / 2)] || 0)};
}

export async function direct(setup) {
  const loop = await connect({});
  loop.close();
  if (!loop.isOpen) return {code: 'RTC-BLOCKED'};
  if (!setup.relay) return {code: 'RTC-OK'};
  const {url, user, secret} = setup.relay;
  const servers = [{urls: url, username: user, credential: secret}];
  const relayed = await connect({iceServers: servers, iceTransportPolicy: 'relay'}).catch(() => null);
  if (!relayed || !relayed.isOpen) {
    if (relayed) relayed.close();
    return {code: 'RTC-NO-RELAY'};
  }
  const data = await count(relayed.channel);
  relayed.close();
  return {code: data.loss > 8 ? 'RTC-LOSSY' : data.loss > 3 ? 'RTC-LOSS' : 'RTC-OK', data};
}
