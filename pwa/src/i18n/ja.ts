import { error } from './ja/error';
import { home, join } from './ja/join';
import type { inside } from './ja/inside';

export const ja = {
  app: {
    name: 'Goen ご縁',
    line: 'あなた、またはお知り合いで。',
    skip: '本文へ',
    language: '言語',
    look: { label: '明るさ', auto: '端末に合わせる', light: '明るい', dark: '暗い' },
    lost: 'このページはありません',
    lostWhy: 'リンクが古いか、途中で切れているようです。',
    toHome: 'はじめの画面へ',
    failed: '画面を開けませんでした',
    failedWhy: '電波のよい所で、もう一度お試しください。',
  },
  nav: {
    label: 'おもな画面',
    room: 'ルーム',
    goen: 'ご縁',
    list: '知り合い',
    card: '名刺',
    fresh: (n: number) => `新しいもの ${n}件`,
  },
  act: {
    close: '閉じる',
    back: '戻る',
    cancel: 'やめる',
    undo: '元に戻す',
    again: 'もう一度',
    more: 'ほかの操作',
    wait: '送っています',
    copyNot: 'コピーできませんでした',
  },
  field: {
    optional: '任意',
    used: (n: number, max: number) => `${max}文字まで、いま${n}文字`,
  },
  thread: {
    step: (n: number, of: number, name: string) => `${of}段階の${n}: ${name}`,
    done: '済み',
    now: 'いまここ',
    joined: 'つながりました',
  },
  card: {
    of: (name: string) => `${name}さんの名刺`,
    qr: 'QRコード',
  },
  state: {
    offline: '圏外です。書いたものは、つながったら送ります。',
    again: 'つながり直しています',
    update: '新しい版があります',
    updateNow: '更新',
    unsent: '送信待ち',
    failed: '送れませんでした',
  },
  time: {
    now: 'たった今',
    left: (clock: string) => `残り ${clock}`,
  },
  home,
  join,
  error,
  errorElse: 'うまくいきませんでした。もう一度お試しください。',
};

/** The shape of every locale: what everybody needs at the door, and what only those inside need. */
export type Base = typeof ja;
export type Messages = Base & typeof inside;
