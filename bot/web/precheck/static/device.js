// Clock, time zone, battery and screen.
import {fill} from './rows.js';

const MINUTE = 60000;

// How many minutes a zone is ahead of UTC at an instant, as the browser's own calendar knows it.
function ahead(zone, at) {
  const parts = {};
  const shown = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  });
  shown.formatToParts(new Date(at)).forEach(({type, value}) => { parts[type] = Number(value); });
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour % 24, parts.minute);
  return Math.round((wall - Math.floor(at / MINUTE) * MINUTE) / MINUTE);
}

export function zones(setup, words) {
  const difference = -new Date(setup.starts).getTimezoneOffset() - ahead(setup.zone, setup.starts);
  if (!difference) return {difference};
  const show = (options) => new Intl.DateTimeFormat(setup.lang, Object.assign({
    weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }, options)).format(new Date(setup.starts));
  return {
    difference,
    said: fill(words.zone, {there: show({timeZone: setup.zone}), place: setup.place, here: show({})}),
  };
}

export function clock(offset, setup, words) {
  if (offset === undefined) return {code: 'CLK-SKIPPED'};
  const seconds = Math.round(offset / 1000);
  const {difference, said} = zones(setup, words);
  const data = {ahead: seconds, zone: difference};
  if (Math.abs(seconds) > 60) {
    const note = fill(seconds > 0 ? words.ahead : words.behind, {n: Math.abs(seconds)});
    return {code: 'CLK-WRONG', data, note};
  }
  return {code: difference ? 'CLK-ZONE' : 'CLK-OK', data, note: said};
}

export async function power(setup) {
  if (!navigator.getBattery) return {code: 'PWR-SKIPPED'};
  try {
    const battery = await navigator.getBattery();
    const level = Math.round(battery.level * 100);
    return {code: !battery.charging && level < setup.battery ? 'PWR-LOW' : 'PWR-OK', data: {level}};
  } catch (error) {
    return {code: 'PWR-SKIPPED'};
  }
}

export function size(setup) {
  return {code: Math.max(screen.width, screen.height) < setup.width ? 'SCR-SMALL' : 'SCR-OK'};
}
