// お見合い: two lists, two go-betweens, and two people who are not here.
export const pair = {
  title: 'お見合い',
  // The card
  ask: 'このお二人を、お引き合わせしてみませんか',
  mine: 'あなたのお知り合い',
  theirs: '会場のどなたかのお知り合い',
  theirsOf: (name: string) => `${name}のお知り合い`,
  kind: (group: string) => `${group}の方`,
  anywhere: '地域は伏せています',
  yes: '仲人する',
  no: '今回はしない',
  note: 'どちらのお返事も、だれにも見えません。お二人とも「仲人する」のときだけ、お互いがだれかを知らせます。',
  tells: 'そのとき先方の仲人に伝わるのは、業種・地域・規模・間柄だけです。呼び名やメモは伝わりません。',
  words: '「できること・探していること」も添える',
  of: (n: number, all: number) => `${n} / ${all}`,
  passed: 'そっとしまいました。だれにも伝わりません',
  said: '「仲人する」をお預かりしました',
  saidText: 'ご縁が合えば、ここでお知らせします。',
  back: 'やめておく',
  none: 'いまは、お引き合わせの候補がありません。どうぞそのまま、会話をお楽しみください。',
  nobody: 'リストの方を「お名前を出さず、お見合いへ」にすると、ここに候補が届くことがあります。',
  toList: 'リストを開く',

  // Both said yes
  agreed: (name: string) => `${name}と、仲人成立`,
  agreedShort: '仲人成立',
  table: (n: number) => `${n}番卓`,
  meet: (n: number) => `${n}番卓でお会いください`,
  meetText: 'お二人のことを少し話して、それぞれのお知り合いに声をかけましょう。',
  toPair: 'くわしく',
  them: 'お相手の仲人',
  row: { mine: 'あなたから', theirs: '先方から' },

  // The asking
  next: 'お知り合いに聞いてみましょう',
  nextText: 'お知り合いに、会ってみたいか聞いてみましょう。お二人がともに「会ってみたい」のときだけ、お名前と連絡先がつながります。',
  days: '期限',
  daysNote: 'お二人とも同じ期限です。それまで、どちらのお返事も伝わりません。',
  dueSet: (day: string) => `期限は${day}です。お二人とも同じ期限です。`,
  wait: 'お二人のお返事を待っています',
  waitText: (day: string) => `${day}までに、お二人がともに「会ってみたい」なら、おつなぎします。どちらのお返事も、それまでは見えません。`,
  sent: (name: string) => `${name}も、お知り合いに聞いています`,
  unsent: (name: string) => `${name}は、これからお知り合いに聞きます`,
  subject: (event: string) => `お引き合わせのご相談(${event})`,
  message: (p: { me: string; event: string; other: string; trade: string; link: string; day: string }) =>
    `いつもお世話になっております。${p.me}です。

「${p.event}」で、${p.other}とお話ししているうちに、${p.trade ? `お知り合いの${p.trade}の方` : 'ある方'}と、きっとお話が合うのではと思いました。
よろしければ、一度お会いになってみませんか。

次のページで、どのような方かをご覧になれます。お名前もご連絡先も、まだお伝えしていません。お二人がともに「会ってみたい」のときだけ、お互いに届きます。
${p.link}

${p.day}までにお返事をいただけると助かります。ご無理なときは、どうぞお気になさらず。

${p.me}`,

  // The end of it
  steps: { agreed: '仲人成立', asking: '確認', connected: 'お見合い成立' },
  connected: 'お見合い成立',
  connectedText: (a: string, b: string) => `${a}と${b}が、つながりました。お引き合わせ、ありがとうございました。`,
  connectedNote: '連絡先は、お二人のあいだだけに届いています。',
  leave: 'お引き合わせをやめる',
  left: 'お引き合わせをやめました',
  state: { ask: 'お知り合いに聞きましょう', asking: '確認中', connected: '成立', ended: '終わりました', revoked: '取り消されました' },
  revokedText: 'どちらかが取り消したため、お名前は消えました。',

  // The desk and the screen
  desk: 'お見合い',
  couple: (a: string, b: string) => `${a} と ${b}`,
  trades: (a: string, b: string) => `${a} × ${b}`,
  deskCount: (agreed: number, connected: number) => `仲人成立 ${agreed}組・お見合い成立 ${connected}組`,
  deskNote: 'お二人の仲人がそろった組だけが出ます。その先は、数だけが分かります。',
  wall: '仲人成立（組）',
};
