/**
 * A word of a shell line, without its quotes. `quoted`: it began in quotes, so that it is no keyword and no assignment.
 * `target`: no word of the command, but the file behind `<`, `>` or `>>`, or the text of a here-document.
 */
export type ShellWord = { text: string; quoted: boolean; target?: 'in' | 'out' | 'append' | 'text' };

/** The words of one command. `piped`: its input is what the command before it prints. */
export type ShellWords = { words: ShellWord[]; piped: boolean };

/** A command being read. Substitutions and subshells stack up: an agent may nest them as deep as it likes. */
type Frame = {
  words: ShellWord[];
  word: ShellWord | undefined;
  /** What closes it. */
  close: ')' | '`' | '';
  /** The double quotes that stand around a substitution. */
  inDouble: boolean;
  /** The next word is a file's name, not the command's: what is done with it. `none`: it is no file either. */
  redirect: ShellWord['target'] | 'none';
  place: number;
  /** A pipe leads into what comes next. */
  piped: boolean;
};

const SPACE = new Set([' ', '\t', '\r']);
const SEPARATORS = new Set([';', '&', '|', '\n']);

/** The simple commands of a shell text as lists of words, in the order in which they begin. */
export function splitShell(text: string): ShellWords[] {
  return new ShellSplitter(text).split();
}

class ShellSplitter {
  readonly #text: string;
  readonly #found: (ShellWords & { place: number })[] = [];
  readonly #stack: Frame[] = [];
  #frame: Frame;
  #at = 0;
  /** Here-documents whose text begins on the next line: what ends them, and the command that reads them. */
  #heredocs: { end: string; words: ShellWord[] }[] = [];
  #awaitsHeredoc = false;

  constructor(text: string) {
    this.#text = text;
    this.#frame = frameFor('', false);
  }

  split(): ShellWords[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at]!);
    this.#endCommand();
    for (let frame = this.#stack.pop(); frame; frame = this.#stack.pop()) {
      this.#frame = frame;
      this.#endCommand();
    }
    return this.#found.sort((a, b) => a.place - b.place);
  }

  #step(char: string): void {
    const next = this.#text[this.#at + 1];
    if (char === '\\') {
      // A line break behind a backslash joins two lines.
      if (next !== undefined && next !== '\n') this.#put(next, true);
      this.#at += 2;
    } else if (char === '$' && next === '(') this.#open(')', 2);
    else if (char === '`') {
      if (this.#frame.close === '`') this.#close();
      else this.#open('`', 1);
    } else if (char === '"') {
      this.#frame.inDouble = !this.#frame.inDouble;
      this.#put('', true);
      this.#at++;
    } else if (this.#frame.inDouble) {
      this.#put(char, true);
      this.#at++;
    } else this.#plain(char, next);
  }

  #plain(char: string, next: string | undefined): void {
    if (char === "'") this.#single();
    else if (SPACE.has(char)) {
      this.#endWord();
      this.#at++;
    } else if (char === '#' && this.#frame.word === undefined) this.#toLineEnd();
    else if (char === '>' || char === '<') this.#redirect(char, next);
    else if (char === '&' && next === '>') {
      this.#endWord();
      this.#at++;
    } else if (SEPARATORS.has(char)) {
      this.#endCommand();
      const two = char === '|' && (next === '|' || next === '&');
      // A line break behind a pipe goes on with it.
      if (char !== '\n') this.#frame.piped = char === '|' && next !== '|';
      this.#at += two ? 2 : 1;
      if (char === '\n') this.#skipHeredocs();
    } else if (char === '(') {
      this.#endCommand();
      this.#open(')', 1);
    } else if (char === ')') {
      if (this.#frame.close === ')') this.#close();
      else {
        // `case` patterns end with a lone bracket.
        this.#frame.word = undefined;
        this.#frame.words = [];
        this.#frame.place = -1;
        this.#at++;
      }
    } else {
      this.#put(char, false);
      this.#at++;
    }
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    const stop = end < 0 ? this.#text.length : end;
    this.#put(this.#text.slice(this.#at + 1, stop), true);
    this.#at = stop + 1;
  }

  /** `> file`, `2>&1`, `<<EOF`, `<<< word`, `<(command)`: none of it is an argument. */
  #redirect(char: string, next: string | undefined): void {
    if (next === '(') {
      this.#endWord();
      this.#open(')', 2);
      return;
    }
    const { word } = this.#frame;
    if (word !== undefined && !word.quoted && /^\d+$/.test(word.text)) this.#frame.word = undefined;
    this.#endWord();
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (char === '<' && rest.startsWith('<<') && rest !== '<<<') {
      this.#at += rest === '<<-' ? 3 : 2;
      this.#awaitsHeredoc = true;
    } else if (rest === '<<<') this.#at += 3;
    else this.#at += next === '&' || next === char || next === '|' ? 2 : 1;
    // `2>&1` names a channel, `<< END` and `<<< text` no file.
    const file = char === '>' ? next !== '&' || !/^>&[\d-]/.test(rest) : next !== '<' && next !== '&';
    this.#frame.redirect = !file ? 'none' : char === '<' ? 'in' : next === '>' ? 'append' : 'out';
  }

  #put(text: string, quoted: boolean): void {
    const { word } = this.#frame;
    if (word === undefined) {
      if (this.#frame.place < 0 && this.#frame.redirect === undefined) this.#frame.place = this.#at;
      this.#frame.word = { text, quoted };
    } else word.text += text;
  }

  #endWord(): void {
    const { word, redirect } = this.#frame;
    if (word === undefined) return;
    this.#frame.word = undefined;
    this.#frame.redirect = undefined;
    if (this.#awaitsHeredoc) {
      this.#awaitsHeredoc = false;
      this.#heredocs.push({ end: word.text, words: this.#frame.words });
    } else if (redirect === undefined) this.#frame.words.push(word);
    else if (redirect !== 'none') this.#frame.words.push({ ...word, target: redirect });
  }

  #endCommand(): void {
    this.#endWord();
    this.#frame.redirect = undefined;
    this.#awaitsHeredoc = false;
    const { words, place, piped } = this.#frame;
    if (words.length > 0) {
      this.#found.push({ place: place < 0 ? this.#at : place, words, piped });
      this.#frame.piped = false;
    }
    this.#frame.words = [];
    this.#frame.place = -1;
  }

  #open(close: ')' | '`', length: number): void {
    // What a substitution gives is unknown, but it is a word all the same: `$(which grep) -r`.
    if (this.#text[this.#at] !== '(') this.#put('', true);
    this.#at += length;
    this.#stack.push(this.#frame);
    this.#frame = frameFor(close, false);
  }

  #close(): void {
    this.#endCommand();
    this.#frame = this.#stack.pop()!;
    this.#at++;
  }

  #toLineEnd(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #skipHeredocs(): void {
    for (const { end, words } of this.#heredocs) {
      const from = this.#at;
      let to = this.#text.length;
      while (this.#at < this.#text.length) {
        const stop = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, stop < 0 ? this.#text.length : stop);
        if (line.trim() === end) to = this.#at;
        this.#at = stop < 0 ? this.#text.length : stop + 1;
        if (to < this.#text.length) break;
      }
      words.push({ text: this.#text.slice(from, to), quoted: true, target: 'text' });
    }
    this.#heredocs = [];
  }
}

function frameFor(close: Frame['close'], inDouble: boolean): Frame {
  return { words: [], word: undefined, close, inDouble, redirect: undefined, place: -1, piped: false };
}
