import { error } from './en/error';
import { home, join } from './en/join';
import type { Base } from './ja';

export const en: Base = {
  app: {
    name: 'Goen ご縁',
    line: 'You, or someone you know.',
    skip: 'Skip to content',
    language: 'Language',
    look: { label: 'Appearance', auto: 'As the device', light: 'Light', dark: 'Dark' },
    lost: 'There is no such page',
    lostWhy: 'The link may be old, or part of it is missing.',
    toHome: 'Go to the start',
    failed: 'This screen did not open',
    failedWhy: 'Please try again where the signal is better.',
  },
  nav: {
    label: 'Main screens',
    room: 'Room',
    goen: 'Goen',
    list: 'My list',
    card: 'My card',
    fresh: (n) => `${n} new`,
  },
  act: {
    close: 'Close',
    back: 'Back',
    cancel: 'Cancel',
    undo: 'Undo',
    again: 'Try again',
    more: 'More',
    wait: 'Sending',
    copyNot: 'Could not copy',
  },
  field: {
    optional: 'optional',
    used: (n, max) => `${n} of ${max} characters`,
  },
  thread: {
    step: (n, of, name) => `Step ${n} of ${of}: ${name}`,
    done: 'done',
    now: 'you are here',
    joined: 'Connected',
  },
  card: {
    of: (name) => `${name}’s card`,
    qr: 'QR code',
  },
  state: {
    offline: 'No signal. What you write is sent when it is back.',
    again: 'Reconnecting',
    update: 'A new version is ready',
    updateNow: 'Update',
    unsent: 'Waiting to send',
    failed: 'Not sent',
  },
  time: {
    now: 'just now',
    left: (clock) => `${clock} left`,
  },
  home,
  join,
  error,
  errorElse: 'That did not work. Please try again.',
};
