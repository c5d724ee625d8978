// What the browser says of itself. It chooses words and order only; what works is found out by trying.

const APPS = [
  // WeCom calls itself MicroMessenger too, so it stands first.
  ['wecom', /wxwork\//i],
  ['wechat', /MicroMessenger\//i],
  ['dingtalk', /DingTalk/i],
  ['feishu', /Lark\/|Feishu\//i],
  ['telegram', /Telegram/i],
  ['qq', /\bQQ\//],
  ['slack', /Slack/i],
];

const SYSTEMS = [['ios', /iPhone|iPad|iPod/], ['android', /Android/], ['windows', /Windows/], ['mac', /Mac OS/]];

const BROWSERS = [['edge', /Edg/], ['firefox', /Firefox|FxiOS/], ['chrome', /Chrome|CriOS/], ['safari', /Safari/]];

const first = (table, agent) => (table.find((row) => row[1].test(agent)) || [''])[0];

export function surroundings(win) {
  const nav = win.navigator;
  const agent = nav.userAgent;
  const system = first(SYSTEMS, agent);
  const isTelegram = win.TelegramWebviewProxy || win.TelegramWebview || win.TelegramWebviewProxyProto;
  return {
    app: isTelegram ? 'telegram' : first(APPS, agent),
    // An iPad calls itself a Mac, but is touched with more than one finger.
    system: system === 'mac' && nav.maxTouchPoints > 1 ? 'ios' : system,
    browser: first(BROWSERS, agent),
    isDesktop: /WindowsWechat|MacWechat/i.test(agent),
  };
}

// Names of steps that may help, the most exact first.
export function stepsFor(code, around) {
  const {app, system, browser, isDesktop} = around;
  if (/^WEB-APP/.test(code)) return [[`out.${app}${isDesktop ? '.desktop' : ''}`, `out.${app}`, 'out']];
  if (/-BLOCKED$/.test(code) && !/^RTC/.test(code)) {
    if (app && isDesktop) return [['out.wechat.desktop']];
    if (app) return [['blocked.app'], [`out.${app}`, 'out']];
    return [[`blocked.${browser}.${system}`, `blocked.${browser}`]];
  }
  if (/-SYSTEM$/.test(code)) return [[`system.${system}`]];
  return [];
}

export function browser(win, around) {
  const media = win.navigator.mediaDevices;
  if (!win.isSecureContext) return {code: 'WEB-INSECURE'};
  if (!media || !media.getUserMedia || !win.RTCPeerConnection) {
    return {code: around.app ? 'WEB-APP-BLOCKS' : 'WEB-OLD'};
  }
  return {code: around.app ? 'WEB-APP' : 'WEB-OK'};
}
