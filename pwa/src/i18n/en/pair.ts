import type { Messages } from '..';

export const pair: Messages['pair'] = {
  title: 'Go-betweens',
  ask: 'Would you bring these two together?',
  mine: 'Somebody you know',
  theirs: 'Somebody known to somebody here',
  theirsOf: (name) => `Known to ${name}`,
  kind: (group) => group,
  anywhere: 'Area not shown',
  yes: 'Bring them together',
  no: 'Not this time',
  note: 'Nobody sees either answer. Only when both of you say yes do you learn who the other is.',
  tells: 'The other go-between then reads trade, area, size and how well you know them. Never your nickname for them or your note.',
  words: 'Also tell what they can do and look for',
  of: (n, all) => `${n} / ${all}`,
  passed: 'Put away. Nobody is told',
  said: 'We are keeping your yes',
  saidText: 'If it fits on both sides, you will see it here.',
  back: 'Rather not',
  none: 'Nobody to bring together just now. Please enjoy your conversation.',
  nobody: 'When you let somebody on your list take part nameless, a card may come here.',
  toList: 'Open your list',

  agreed: (name) => `You and ${name} are go-betweens`,
  agreedShort: 'Both said yes',
  table: (n) => `Table ${n}`,
  meet: (n) => `Please meet at table ${n}`,
  meetText: 'Talk briefly about the two, then each ask the person you know.',
  toPair: 'See more',
  them: 'The other go-between',
  row: { mine: 'From you', theirs: 'From them' },

  next: 'Now ask the person you know',
  nextText: 'Ask whether they would like to meet. Names and contacts are passed on only when both say yes.',
  days: 'How long',
  daysNote: 'The same day counts for both. Until then nobody can tell what either answered.',
  dueSet: (day) => `Both have until ${day}.`,
  wait: 'Waiting for the two of them',
  waitText: (day) => `If both would like to meet by ${day}, they are connected. Until then neither answer can be seen.`,
  sent: (name) => `${name} is asking, too`,
  unsent: (name) => `${name} has yet to ask`,
  subject: (event) => `May I bring you together with somebody? (${event})`,
  message: (p) =>
    `Hello, this is ${p.me}.

At “${p.event}” I talked with ${p.other}, who knows somebody${p.trade ? ` (${p.trade})` : ''} I think you would get on with.
Would you like to meet?

This page says what kind of person it is. They have neither your name nor your contact. Only when both of you would like to meet do you get each other's:
${p.link}

An answer by ${p.day} would be lovely. If not, please do not worry.

${p.me}`,

  steps: { agreed: 'Both said yes', asking: 'Asking', connected: 'Connected' },
  connected: 'They are connected',
  connectedText: (a, b) => `${a} and ${b} have each other's contact. Thank you for bringing them together.`,
  connectedNote: 'The contacts went to the two of them alone.',
  leave: 'Stop bringing them together',
  left: 'You stopped bringing them together',
  state: { ask: 'Ask them now', asking: 'Asking', connected: 'Connected', ended: 'Over', revoked: 'Taken back' },
  revokedText: 'One of the two took it back, and the names are gone.',

  desk: 'Go-betweens',
  couple: (a, b) => `${a} and ${b}`,
  trades: (a, b) => `${a} × ${b}`,
  deskCount: (agreed, connected) => `${agreed} agreed, ${connected} connected`,
  deskNote: 'Only those of whom both go-betweens said yes. What comes after is a count.',
  wall: 'Go-betweens',
};
