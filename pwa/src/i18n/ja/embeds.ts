// Embeddings: texts that go to a server elsewhere, so that suggestions come in a better order. Told where people decide about it.
export const embeds = {
  // The host
  title: '意味の近さも使う',
  hostNote: (where: string) =>
    `ヒントの並び順を決めるとき、外部のサーバー「${where}」に、同意した方の文を送ります。受付のページで、参加する方に伝わります。`,

  // At the door, and on one's own page
  agree: (where: string) => `ヒントの並び順のために、自分の文を「${where}」に送ってよい`,
  what: '送るのは、求むの業種と「どんな方」、お知り合いの業種と「できること」だけです。お名前・連絡先・呼び名・メモは送りません。「自分だけ」のお知り合いのことも送りません。',
  mine: '外部に送る文',
  without: '送らなくても、ヒントは届きます。',
};
