// フリガナ while the name is typed: what the input method shows before it becomes kanji is the reading.

const HIRAGANA = /[ぁ-ゖ]/g;

/** The part of an unfinished conversion that is kana; letters that have not become kana yet stand at its end. */
function reading(data: string): string | undefined {
  const kana = /^([ぁ-ゖァ-ヺー・]+)[a-zA-Zａ-ｚＡ-Ｚ]*$/.exec(data.normalize('NFKC'));
  return kana?.[1]?.replace(HIRAGANA, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60));
}

/** Listens to the input of the name, and writes the reading as it comes to be known. */
export class KanaWriter {
  #done = '';
  #now = '';
  #gap = false;

  /** compositionstart: what stood before it tells whether a new word begins. */
  start(before: string): void {
    if (before.trim() === '') this.#done = '';
    this.#gap = this.#done !== '' && /\s$/.test(before);
    this.#now = '';
  }

  /** compositionupdate. */
  update(data: string): string {
    if (data === '') this.#now = '';
    else this.#now = reading(data) ?? this.#now; // it is kanji now; the reading was before
    return this.text;
  }

  /** compositionend; with nothing it was given up. */
  end(data: string): string {
    this.#now = data === '' ? '' : (reading(data) ?? this.#now);
    this.#done = this.text;
    this.#now = '';
    this.#gap = false;
    return this.#done;
  }

  /** The name is empty again. */
  clear(): void {
    this.#done = this.#now = '';
  }

  get text(): string {
    return this.#now === '' ? this.#done : this.#done + (this.#gap ? ' ' : '') + this.#now;
  }
}
