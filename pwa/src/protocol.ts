// Made by realtime/tsgen from realtime/protocol.go and realtime/event; do not edit.

export const version = 1

export type EventView = { k: "event"; id: string; title: string; place: string; note?: string; startsAt: number; endsAt: number; zone: string; days: number; phase: "reception" | "needs" | "tables" | "offers" | "pairs" | "free" | "closing"; status: "open" | "closed"; attest: "off" | "after_event" | "on"; approval?: boolean; round?: Round; embeds?: string }

export type PersonView = { k: "person"; id: string; name: string; kana?: string; firm?: string; trade?: string; line?: string; topics?: string[]; homepage?: string; photo?: string; offers?: string; seeks?: string; mail?: string; phone?: string; newsOK?: boolean; host?: boolean }

export type NeedView = { k: "need"; id: string; by: string; closed?: boolean; pinned?: boolean; at: number; offers: number; who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }

export type AnnouncementView = { k: "announcement"; id: string; at: number; text: string }

export type BoardView = { k: "board"; id: string; owner: string; trade: string; area: string; size: string; closeness: string; offers?: string }

/** What lives in the stream "room". */
export type RoomView = EventView | PersonView | NeedView | AnnouncementView | BoardView

export type YouView = { k: "you"; id: string; standing: "lobby" | "present" | "removed"; host?: boolean; number: number; card: Card; given: number; received: number; from?: Credit[]; title: string; embeds?: string }

export type EntryView = { k: "entry"; id: string; reach: "self" | "nameless" | "open"; words?: boolean; trade: string; area: string; size: string; offers: string; seeks: string; closeness: string; label: string; note: string }

export type MineView = { k: "mine"; id: string; hidden?: boolean; held?: boolean; pinned?: boolean; closed?: boolean; at: number; offers: number; calls?: Call[]; who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }

export type SuggestionView = { k: "suggestion"; id: string; need?: string; entry?: string; card?: string; why: Reason[]; called?: boolean; back?: boolean }

export type ReceivedView = { k: "received"; id: string; step: string; at: number; need: string; from: string; own?: boolean; behalf?: boolean; about?: About; line?: string; due?: number; contact?: Contact; givenAt?: number; left?: boolean; attested?: Attestation; metOn?: number; outcome?: "ongoing" | "engaged" | "passed"; thanks?: string; public?: boolean; shown?: boolean }

export type GivenView = { k: "given"; id: string; step: string; at: number; need: string; entry?: string; to: string; own?: boolean; behalf?: boolean; about?: About; asker?: Asker; direct?: boolean; link?: string; due?: number; name?: string; contact?: Contact; givenAt?: number; declined?: boolean; passed?: boolean; left?: boolean; attested?: Attestation; metOn?: number; outcome?: "ongoing" | "engaged" | "passed"; thanks?: string; public?: boolean; shown?: boolean }

export type PleaView = { k: "plea"; id: string; need: string; entry: string; by: string; at: number; due: number }

export type AskedView = { k: "asked"; id: string; need: string; board: string; owner: string; by: string; at: number; due: number; over?: boolean }

export type PairView = { k: "pair"; id: string; step: string; at: number; entry: string; group?: string; area?: string; yes?: boolean; with?: string; table?: number; mine?: Portrait; theirs?: Portrait; link?: string; sent?: boolean; due?: number; name?: string; withName?: string; givenAt?: number; left?: boolean }

/** What lives in the stream "me". */
export type MeView = YouView | EntryView | MineView | SuggestionView | ReceivedView | GivenView | PleaView | AskedView | PairView

export type DoorsView = { k: "doors"; id: string; doors: "open" | "approve" | "closed"; code: string; secret: string; word: string }

export type SumsView = { k: "sums"; id: string; present: number; waiting: number; needs: number; offers: number; wanted: number; asking: number; connected: number; met: number; pairs: number; couples: number }

export type GuestView = { k: "guest"; id: string; standing: "lobby" | "present" | "removed"; number: number; joinedAt: number; name: string; kana?: string; firm?: string; trade?: string; mail?: string; host?: boolean }

export type WatchView = { k: "watch"; id: string; by: string; hidden?: boolean; held?: boolean; pinned?: boolean; closed?: boolean; out?: boolean; at: number; offers: number; calledAt?: number; who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }

export type CourseView = { k: "course"; id: string; step: string; at: number; from: string; to: string; own?: boolean; behalf?: boolean; refers?: boolean; trade?: string; about?: About }

export type BalanceView = { k: "balance"; id: string; bars: Bar[] }

export type CoupleView = { k: "couple"; id: string; at: number; a: string; b: string; aTrade?: string; bTrade?: string; table: number }

/** What lives in the stream "desk". */
export type DeskView = DoorsView | SumsView | GuestView | WatchView | CourseView | BalanceView | CoupleView

export type StageView = { k: "stage"; id: string; title: string; startsAt: number; endsAt: number; zone: string; phase: "reception" | "needs" | "tables" | "offers" | "pairs" | "free" | "closing"; status: "open" | "closed"; doors: "open" | "approve" | "closed"; code: string; secret: string; word: string; round?: Round }

export type TallyView = { k: "tally"; id: string; present: number; needs: number; offers: number; asking: number; connected: number; met: number; pairs: number }

export type FaceView = { k: "face"; id: string; name: string }

export type LineView = { k: "line"; id: string; pinned?: boolean; at: number; offers: number; who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }

export type BarsView = { k: "bars"; id: string; bars: Bar[] }

export type NoticeView = { k: "notice"; id: string; at: number; text: string }

export type ThanksView = { k: "thanks"; id: string; line: string }

/** What lives in the stream "wall". */
export type WallView = StageView | TallyView | FaceView | LineView | BarsView | NoticeView | ThanksView

export type PageView = { k: "page"; id: string; state: string; event?: string; from?: string; firm?: string; photo?: string; asker?: Asker; trade?: string; due?: number; behalf?: boolean; need?: NeedWords }

export type KeepsakeView = { k: "keepsake"; id: string; state: string; event?: string; from?: string; theirs?: Contact; line?: string; contact?: Contact; givenAt?: number }

export type DuoView = { k: "duo"; id: string; state: string; event?: string; from?: string; firm?: string; photo?: string; with?: string; withFirm?: string; withPhoto?: string; theirs?: Portrait; mine?: Portrait; due?: number }

export type TrustView = { k: "trust"; id: string; state: string; event?: string; from?: string; with?: string; due?: number; theirs?: Contact; contact?: Contact; givenAt?: number }

/** What lives in the stream "consent". */
export type ConsentView = PageView | KeepsakeView | DuoView | TrustView

/** The streams a phone may hear, and what lives in them. */
export type Streams = { room: RoomView; me: MeView; desk: DeskView; wall: WallView }

/** The commands, with their arguments. */
export type Commands = {
  "announcement.drop": { announcement: string }
  "announcement.make": { text: string }
  "approval.set": { on: boolean }
  "attendee.admit": { attendee: string }
  "attendee.erase": Record<string, never>
  "attendee.remove": { attendee: string }
  "attest.set": { attest: "off" | "after_event" | "on" }
  "board.ask": { board: string; need: string }
  "call.make": { need: string }
  "card.change": { card: Card }
  "doors.set": { doors: "open" | "approve" | "closed" }
  "embedding.agree": { where: string }
  "embedding.set": { on: boolean }
  "entry.add": { trade: string; area: string; size: string; offers: string; seeks: string; closeness: string; label: string; note: string; reach?: "self" | "nameless" | "open"; words?: boolean }
  "entry.change": { entry: string; trade: string; area: string; size: string; offers: string; seeks: string; closeness: string; label: string; note: string }
  "entry.drop": { entry: string }
  "entry.reach": { entry: string; reach: "self" | "nameless" | "open"; words: boolean }
  "event.close": Record<string, never>
  "introduction.ask": { introduction: string; days: number; direct: boolean }
  "introduction.attest": { introduction: string; name: string; kana: string; firm: string; mail: string; phone: string; how: "phone" | "line" | "face"; on: number; lang: string }
  "introduction.close": { introduction: string; outcome: "ongoing" | "engaged" | "passed"; thanks: string; public: boolean }
  "introduction.leave": { introduction: string }
  "introduction.met": { introduction: string; on: number }
  "introduction.revoke": { introduction: string }
  "introduction.thank": { introduction: string; public: boolean }
  "need.approve": { need: string }
  "need.close": { need: string }
  "need.edit": { need: string; who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }
  "need.hide": { need: string; hidden: boolean }
  "need.pin": { need: string; pinned: boolean }
  "need.post": { who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }
  "offer.make": { need: string; entry: string; words: boolean; line: string }
  "offer.refer": { entry: string; to: string; seeks: string; line: string }
  "offer.self": { need: string; line: string; give: string[]; pitch: boolean; lang: string }
  "offer.want": { introduction: string; line: string; pitch: boolean; give: string[]; lang: string }
  "pair.answer": { pair: string; yes: boolean; words: boolean }
  "pair.ask": { pair: string; days: number }
  "pair.leave": { pair: string }
  "phase.set": { phase: "reception" | "needs" | "tables" | "offers" | "pairs" | "free" | "closing" }
  "plea.pass": { plea: string }
  "round.end": Record<string, never>
  "round.start": { group: string; trade: string }
  "suggestion.dismiss": { suggestion: string; wrong?: boolean }
}

export type Hello = { t: string; v: number; epoch: string; you: string; streams: string[]; build: string; now: number; demo?: boolean; embedder?: string }

export type GoneStream = { t: string; in: string }

export type Ack = { t: string; op: string }

export type No = { t: string; op: string; code: string; field?: string; max?: number; again?: boolean }

export type Here = { t: string; n: number }

export type Pong = { t: string; at?: Record<string, number> }

export type Bye = { t: string; code: number; after: number }

export type Round = { group: string; trade?: string; until: number }

export type Behalf = { trade: string; area: string; size: string }

export type Card = { name: string; kana: string; firm: string; trade: string; line: string; topics: string[]; homepage: string; mail: string; phone: string; offers: string; seeks: string; photo: string; toRoom: boolean; onScreen: boolean; newsOK: boolean }

export type Credit = { by: string; n: number }

export type Call = { by: string; at: number }

export type Reason = { by: string; words?: string }

export type About = { trade?: string; area?: string; size?: string; closeness?: string; offers?: string; seeks?: string; line?: string }

export type Contact = { name?: string; kana?: string; firm?: string; mail?: string; phone?: string }

export type Attestation = { how: "phone" | "line" | "face"; on: number }

export type Asker = { name?: string; firm?: string; line?: string; pitch?: boolean; gives: string[] }

export type Portrait = { trade?: string; area?: string; size?: string; closeness?: string; offers?: string; seeks?: string }

export type Bar = { group: string; trade?: string; supply: number; demand: number }

export type NeedWords = { who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf }

/** Every refusal; its text is error.<code> in both languages. */
export type RefusalCode =
  | "not_found"
  | "forbidden"
  | "op.reused"
  | "text.empty"
  | "text.too_long"
  | "text.invalid"
  | "text.mixed"
  | "text.contact"
  | "text.name"
  | "choice.unknown"
  | "trade.unknown"
  | "kana.invalid"
  | "homepage.invalid"
  | "mail.invalid"
  | "phone.invalid"
  | "contact.invalid"
  | "topics.same"
  | "photo.unknown"
  | "terms.unticked"
  | "event.times"
  | "day.outside"
  | "event.not_opened"
  | "event.opened"
  | "event.closed"
  | "doors.closed"
  | "attendee.removed"
  | "attendee.erased"
  | "attendee.inside"
  | "attendee.standing"
  | "attendee.host"
  | "limit.attendees"
  | "limit.entries"
  | "limit.needs"
  | "limit.askings"
  | "limit.offers"
  | "need.over"
  | "need.own"
  | "need.answered"
  | "need.on_behalf"
  | "need.too_fast"
  | "need.too_many_ever"
  | "need.too_many_pinned"
  | "call.answered"
  | "call.on_behalf"
  | "call.early"
  | "call.again"
  | "limit.calls"
  | "offer.exists"
  | "introduction.step"
  | "introduction.late"
  | "entry.blocked"
  | "entry.asking"
  | "attest.off"
  | "link.over"
  | "announcement.too_many"
  | "limit.open"
  | "limit.pleas"
  | "board.own"
  | "board.asked"
  | "embedding.elsewhere"
  | "body.malformed"
  | "body.too_large"
  | "body.type"
  | "op.malformed"
  | "command.unknown"
  | "host.wrong"
  | "origin.foreign"
  | "session.missing"
  | "session.ambiguous"
  | "code.unknown"
  | "code.moves"
  | "code.used"
  | "link.used"
  | "image.unreadable"
  | "too_many"
  | "unavailable"
  | "disk.full"
  | "server"

/** Close codes of the socket: 4000-4499 come back, 4500-4999 do not. */
export const closeCodes = {"elsewhere":4504,"misused":4505,"noHello":4004,"removed":4501,"restarting":4002,"resync":4003,"shredded":4502,"signedOut":4500,"slow":4001,"tooOld":4503} as const
