import type { RefusalCode } from '../../protocol';
import type { Told } from '../told';

// Refusals that only somebody inside an event can meet.
const told = {
  'contact.invalid': '渡す連絡先を選んでください。名刺に入っていないものは渡せません。',
  'topics.same': '話題が2つとも同じです。別のものにしてください。',
  'photo.unknown': 'この写真は使えません。もう一度選んでください。',
  'event.times': '日時を確かめてください。終わりは始まりより後、会は7日以内です。',
  'day.outside': 'その日は選べません。日付をお確かめください。',
  'attendee.standing': 'この方は、もう会にいません。',
  'attendee.host': '主催者は退室できません。',
  'limit.entries': (a) => `知り合いは${a.max ?? ''}件までです。使わないものを消すと、追加できます。`,
  'limit.needs': (a) => `求むは一度に${a.max ?? ''}件までです。どれかを締め切ると、新しく出せます。`,
  'limit.askings': (a) => `確認中のご紹介は${a.max ?? ''}件までです。お返事を待ってから、お願いします。`,
  'limit.offers': (a) => `この求むへの申し出は${a.max ?? ''}件までです。`,
  'need.over': '募集は終了しました。',
  'need.own': 'ご自分の求むには、申し出られません。',
  'need.answered': 'もう申し出があるので、直せません。締め切って、新しく出してください。',
  'need.on_behalf': 'お知り合いのための求むです。ご自分がお役に立てるときに、申し出てください。',
  'need.too_fast': (a) => `続けて出せるのは1分に${a.max ?? ''}件までです。少しお待ちください。`,
  'need.too_many_ever': (a) => `一つの会で出せる求むは${a.max ?? ''}件までです。`,
  'need.too_many_pinned': (a) => `ピンは一度に${a.max ?? ''}件までです。どれかを外すと、留められます。`,
  'call.answered': 'もう申し出があるので、打診はいりません。',
  'call.on_behalf': 'お知り合いのための求むには、打診できません。',
  'call.early': (a) => `打診できるのは、出てから${a.max ?? ''}分たった求むです。`,
  'call.again': (a) => `同じ求むへの打診は、${a.max ?? ''}分あけてください。`,
  'limit.calls': (a) => `一つの求むに打診できるのは${a.max ?? ''}回までです。`,
  'offer.exists': 'この求むには、もう申し出ています。',
  'introduction.step': 'このご紹介は、先に進んだか、終わっています。画面をお確かめください。',
  'introduction.late': 'この会の記録はまもなく消えるため、お願いできません。',
  'entry.blocked': 'ご本人の希望により、この方にはお願いできません。',
  'entry.asking': 'この方には、別のご紹介でお返事を待っています。',
  'attest.off': 'この会では、口頭での了承を登録できません。確認ページのリンクをお送りください。',
  'announcement.too_many': (a) => `お知らせは一つの会で${a.max ?? ''}件までです。`,
  'link.over': 'このリンクは終わっています。',
  'image.unreadable': 'この写真は読めませんでした。別の写真をお試しください。',
  'body.type': 'この形式は使えません。JPEG・PNG・WebP の写真を選んでください。',
  'homepage.invalid': 'ホームページは https:// で始まるアドレスを入れてください。',
  'command.unknown': 'アプリが古いようです。画面を開き直してください。',
} satisfies Partial<Record<RefusalCode, Told>>;

export const refused: Record<keyof typeof told, Told> = told;
