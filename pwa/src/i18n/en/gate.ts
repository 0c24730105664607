import type { Messages } from '../ja';

export const gate: Messages['gate'] = {
  waitTitle: 'Please see the reception desk',
  waitLead: 'Your number',
  waitText: 'Show this number at the desk. Once it is checked, you are let in by itself.',
  waitKeep: 'Please keep this page open.',
  number: (n) => `Number ${n}`,
  signedOut: 'Please come in again',
  signedOutWhy: 'This device is not in this event. Scan the QR code in the room, or type the code.',
  removed: 'You have been removed from this event',
  removedWhy: 'If you do not know why, please speak to the host. What this device kept is deleted.',
  shredded: 'The records of this event are deleted',
  shreddedWhy: 'The promised day has passed, so everything is gone.',
  tooOld: 'There is a newer app',
  tooOldWhy: 'Reload to go on in the new version. What you wrote is still here.',
  elsewhere: 'Open on another screen',
  elsewhereWhy: 'You have this event open on many screens.',
  misused: 'Something went wrong with the connection',
  misusedWhy: 'Please reload the page.',
  useHere: 'Use it here',
  reload: 'Reload',
  enter: 'Join with the code',
};
