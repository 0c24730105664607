// The few words of a demo, in both languages: they are fetched only there, and before one is inside.
import { language } from '../i18n';

const ja = {
  banner: 'デモ会場です。登場する人はすべて架空で、どこへも送りません',
  title: 'いま、デモの交流会が開かれています',
  text: '架空の24人が、困りごとを出し、知り合いを紹介し合っています。',
  guest: '25人目として参加する',
  host: '主催者の席に座ってみる',
  soon: '準備中です。数秒おいて、もう一度お試しください',
};
const en: typeof ja = {
  banner: 'This is a demo. Everybody here is invented, and nothing is sent',
  title: 'A demo evening is going on',
  text: 'Twenty-four invented people tell what they need and introduce people they know.',
  guest: 'Join as the 25th',
  host: 'Take the host’s seat',
  soon: 'People are still coming. Please try again in a few seconds',
};

export const words = () => (language() === 'ja' ? ja : en);
