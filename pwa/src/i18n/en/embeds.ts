import type { Messages } from '../ja';

export const embeds: Messages['embeds'] = {
  title: 'Use closeness of meaning, too',
  hostNote: (where) =>
    `To put hints in order, texts of those who agree go to another server, “${where}”. Whoever joins reads so at the door.`,

  agree: (where) => `My texts may go to “${where}”, to put hints in order`,
  what: 'Only these are sent: the trade of a need and whom it asks for; the trade of an acquaintance and what they can do. Never names, contacts, nicknames or notes, and nothing of acquaintances marked “You alone”.',
  mine: 'Texts that leave',
  without: 'Hints come without it, too.',
};
